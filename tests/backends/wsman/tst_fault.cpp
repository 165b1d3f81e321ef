// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/fault.h"
#include "backends/wsman/httperror.h"
#include "tests/backends/wsman/connecting.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

Fault faultOf(const std::string &bytes)
{
    static std::vector<std::shared_ptr<const SoapDocument>> kept;
    const auto document = SoapDocument::parse(bytes, Limits{});
    if (!document || !(*document)->isFault())
        qFatal("no fault: %s", bytes.c_str());
    kept.push_back(*document);
    return readFault((*document)->content());
}

std::string composed(const std::string &code, const std::string &subcode, const std::string &detail)
{
    return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault><s:Code><s:Value>" + code
            + "</s:Value>" + (subcode.empty() ? "" : "<s:Subcode><s:Value>" + subcode + "</s:Value></s:Subcode>")
            + "</s:Code><s:Reason><s:Text xml:lang=\"\">The reason.</s:Text></s:Reason><s:Detail>" + detail
            + "</s:Detail></s:Fault></s:Body></s:Envelope>";
}

std::string windows(const std::string &code, const std::string &message)
{
    return "<f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\"" + code
            + "\" Machine=\"fs01\"><f:Message>" + message + "</f:Message></f:WSManFault>";
}

} // namespace

class TestFault : public QObject
{
    Q_OBJECT
private slots:
    void recorded_data();
    void recorded();
    void windowsFaults_data();
    void windowsFaults();
    void nestedProviderFault();
    void wmiError();
    void kinds();
    void safeToShow();
    void htmlBodies();
};

void TestFault::recorded_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("trouble");
    const auto row = [](const char *file, Trouble trouble) {
        QTest::newRow(file) << QString::fromLatin1(file) << int(trouble);
    };
    row("omi/08-pull-after-release", Trouble::NotFound); // of an enumeration; taken for what it is there
    row("omi/61-get-notfound", Trouble::NotFound);
    row("omi/60-get-namespace-backslash", Trouble::NotFound);
    row("omi/85-fault-unknown-class", Trouble::NotFound);
    row("omi/86-fault-unknown-namespace", Trouble::NotFound);
    row("omi/82-invoke-notsupported-method", Trouble::NotSupported);
    row("omi/112-fault-put", Trouble::NotSupported);
    row("omi/92-maxenvelope-100", Trouble::TooBig);
    row("omi/98-fault-mustunderstand", Trouble::Rejected);
    row("omi/90-fault-unknown-action", Trouble::Other);
    row("omi/81-invoke-unknown-method", Trouble::Other);
    row("openwsman/08-pull-after-release", Trouble::BadContext);
    row("openwsman/61-get-notfound", Trouble::NotFound);
    row("openwsman/62-get-missing-selector", Trouble::BadSelectors);
    row("openwsman/81-invoke-unknown-method", Trouble::NotSupported);
    row("openwsman/85-fault-unknown-class", Trouble::NotFound);
    row("openwsman/88-fault-invalid-context", Trouble::BadContext);
    row("openwsman/98-fault-mustunderstand", Trouble::Rejected); // with HTTP 200
    row("openwsman/106-timeout-bad", Trouble::Rejected);
    row("openwsman/107-fault-filter-dialect", Trouble::NoFilter);
    row("openwsman/119-pull-mesabsent-max100", Trouble::TooBig);
    row("openwsman/130-class-name-lowercase", Trouble::NotFound);
    row("openwsman/133-no-messageid", Trouble::Rejected);
    row("openwsman/135-no-to", Trouble::NotFound);
}

void TestFault::recorded()
{
    QFETCH(QString, file);
    QFETCH(int, trouble);
    const Fault fault = faultOf(recording(file + QLatin1String(".response.xml")).toStdString());
    QCOMPARE(int(fault.trouble()), trouble);
    QVERIFY(!fault.raw.isEmpty());
    const Error error = faultError(fault, profileFor(5986), QStringLiteral("class X"));
    QVERIFY(!error.what.isEmpty() && !error.remedy.isEmpty());
}

void TestFault::windowsFaults_data()
{
    QTest::addColumn<QByteArray>("subcode");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<int>("trouble");
    QTest::addColumn<bool>("again");
    const auto row = [](const char *subcode, const char *code, Trouble trouble, bool again) {
        QTest::addRow("%s %s", subcode, code) << QByteArray(subcode) << QByteArray(code) << int(trouble) << again;
    };
    row("w:AccessDenied", "5", Trouble::AccessDenied, false);
    row("w:AccessDenied", "", Trouble::AccessDenied, false);
    row("w:InternalError", "2147749891", Trouble::AccessDenied, false);
    row("a:DestinationUnreachable", "2150858752", Trouble::NotFound, false);
    row("w:InternalError", "2147749890", Trouble::NotFound, false);
    row("w:InternalError", "2147749902", Trouble::NotFound, false);
    row("w:InternalError", "2147749904", Trouble::NotFound, false);
    row("w:InvalidSelectors", "2150858843", Trouble::BadSelectors, false);
    row("a:EndpointUnavailable", "2150858772", Trouble::Busy, true);
    row("w:TimedOut", "2150858793", Trouble::TimedOut, true);
    row("w:QuotaLimit", "2150858815", Trouble::Quota, true);
    row("w:QuotaLimit", "2150859240", Trouble::Quota, true);
    row("w:InternalError", "2150859174", Trouble::Quota, true); // hidden in the catch-all
    row("w:Concurrency", "", Trouble::Concurrency, true);
    row("w:EncodingLimit", "2150858805", Trouble::TooBig, false);
    row("n:InvalidEnumerationContext", "2150858779", Trouble::BadContext, false);
    row("n:CannotProcessFilter", "2150858778", Trouble::NoFilter, false);
    row("a:ActionNotSupported", "2150858753", Trouble::NotSupported, false);
    row("w:InternalError", "2147749973", Trouble::NotSupported, false); // WBEM_E_METHOD_NOT_IMPLEMENTED
    row("w:InternalError", "2147749924", Trouble::NotSupported, false); // WBEM_E_PROVIDER_NOT_CAPABLE
    row("w:AlreadyExists", "", Trouble::AlreadyExists, false);
    row("w:SchemaValidationError", "2150858817", Trouble::Rejected, false);
    row("unbound:AccessDenied", "", Trouble::AccessDenied, false); // the prefix may be anything
    row("w:Unheard-of", "1", Trouble::Other, false);
    row("w:Unheard-of", "99999999999", Trouble::Other, false);
}

void TestFault::windowsFaults()
{
    QFETCH(QByteArray, subcode);
    QFETCH(QByteArray, code);
    QFETCH(int, trouble);
    QFETCH(bool, again);
    const std::string detail = code.isEmpty() ? std::string() : windows(code.toStdString(), "It broke.");
    const Fault fault = faultOf(composed("s:Receiver", subcode.toStdString(), detail));
    QCOMPARE(int(fault.trouble()), trouble);
    QCOMPARE(isTransient(fault.trouble()), again);
    QCOMPARE(fault.text(), code.isEmpty() ? QStringLiteral("The reason.") : QStringLiteral("It broke."));
}

void TestFault::nestedProviderFault()
{
    const std::string inner = windows("2147749890", "Not found inside.");
    const Fault fault = faultOf(composed("s:Sender", "a:DestinationUnreachable",
                                         windows("2150858752",
                                                 "<f:ProviderFault provider=\"WMI Provider\">" + inner
                                                         + "<f:ExtendedError><p:__ExtendedStatus "
                                                           "xmlns:p=\"u\"><p:Description>Deep words.</p:Description>"
                                                           "<p:StatusCode>2147749891</p:StatusCode></"
                                                           "p:__ExtendedStatus></f:ExtendedError></f:ProviderFault>")));
    QCOMPARE(fault.codes.size(), size_t(3));
    QCOMPARE(fault.text(), QStringLiteral("Deep words."));
    QCOMPARE(int(fault.trouble()), int(Trouble::AccessDenied)); // what the provider itself says
}

void TestFault::wmiError()
{
    // As Windows 2012 sends it in place of a WSManFault: no subcode that means anything, no RelatesTo.
    const auto error = [](const char *status, const char *id) {
        return faultOf(composed(
                "s:Receiver", "w:InternalError",
                std::string(
                        "<p:MSFT_WmiError xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError\">"
                        "<p:CIMStatusCode>")
                        + status
                        + "</p:CIMStatusCode><p:Message>The quota is reached.</p:Message>"
                          "<p:MessageID>"
                        + id + "</p:MessageID></p:MSFT_WmiError>"));
    };
    QCOMPARE(int(error("27", "HRESULT 0x803381a5").trouble()), int(Trouble::Quota));
    QCOMPARE(int(error("1", "HRESULT 0x803381a6").trouble()), int(Trouble::Quota));
    QCOMPARE(int(error("7", "HRESULT 0x80041024").trouble()), int(Trouble::NotSupported));
    QCOMPARE(error("7", "").writeStatus(), quint16(7));
    QCOMPARE(error("6", "").writeStatus(), quint16(6));
    QCOMPARE(error("27", "").text(), QStringLiteral("The quota is reached."));
}

void TestFault::kinds()
{
    const auto kind = [](const char *subcode) {
        return faultError(faultOf(composed("s:Sender", subcode, {})), profileFor(1), QStringLiteral("x")).kind;
    };
    QCOMPARE(kind("w:AccessDenied"), Error::Kind::Rights);
    QCOMPARE(kind("a:DestinationUnreachable"), Error::Kind::NoSuchObject);
    QCOMPARE(kind("w:InvalidSelectors"), Error::Kind::NoSuchObject);
    QCOMPARE(kind("w:InternalError"), Error::Kind::Server);
}

void TestFault::safeToShow()
{
    const Fault fault = faultOf(
            composed("s:Sender", "w:InternalError",
                     windows("1", "evil \xe2\x80\xae txt.exe \xe2\x81\xa6 \xc2\x85 end \xef\xbb\xbf")));
    QVERIFY(!fault.text().contains(QChar(0x202e)));
    QVERIFY(!fault.raw.contains(QChar(0x2066)));
    QVERIFY(!fault.text().contains(QChar(0x85)));
    QVERIFY(fault.text().startsWith(QLatin1String("evil ")));
    QCOMPARE(cleanText(QString(5000, QLatin1Char('a'))).size(), 4001);
    QCOMPARE(cleanText(QStringLiteral("a\tb\r\nc\x07")), QStringLiteral("a\tb\nc "));
}

void TestFault::htmlBodies()
{
    const Error error = httpStatus(
            profileFor(5986), 503,
            "<!DOCTYPE html>\n<html><head><title>Service Unavailable</title></head><body>x</body></html>");
    QVERIFY(error.detail.contains(QLatin1String("503")));
    QVERIFY(error.detail.contains(QLatin1String("Service Unavailable")));
    QVERIFY(!error.detail.contains(QLatin1Char('<')));
    QCOMPARE(httpStatus(profileFor(1), 401, {}).kind, Error::Kind::SignIn);
    QCOMPARE(httpStatus(profileFor(1), 403, {}).kind, Error::Kind::Rights);
}

QTEST_GUILESS_MAIN(TestFault)
#include "tst_fault.moc"
