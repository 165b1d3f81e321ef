// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/encryptedbody.h"

#include <QTest>

using namespace portalbind::wsman;

namespace {

const std::string type =
        "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"";

std::string whole(const std::string &data, const char *dashes = "--", const char *indent = "\t",
                  const char *end = "\r\n")
{
    const std::string tab = indent;
    return std::string(dashes) + "Encrypted Boundary\r\n" + tab
            + "Content-Type: application/HTTP-SPNEGO-session-encrypted\r\n" + tab
            + "OriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n" + dashes
            + "Encrypted Boundary\r\n" + tab + "Content-Type: application/octet-stream\r\n" + data + dashes
            + "Encrypted Boundary--" + end;
}

std::string sized(quint32 header, const std::string &rest)
{
    std::string bytes(4, '\0');
    for (int i = 0; i < 4; ++i)
        bytes[size_t(i)] = char(header >> (8 * i));
    return bytes + rest;
}

} // namespace

class TestEncryptedBody : public QObject
{
    Q_OBJECT
private slots:
    void layout();
    void readsWhatItWrites();
    void formsOfOthers_data();
    void formsOfOthers();
    void anythingInTheCiphertext();
    void refused_data();
    void refused();
    void truncatedAnywhere();
    void types();
};

void TestEncryptedBody::layout()
{
    // [MS-WSMV] 2.2.9.1, byte for byte.
    const SealedMessage message{"HEAD", "ciphertext", 10};
    QCOMPARE(writeEncryptedBody(sealingProtocol(false), message),
             QByteArray("--Encrypted Boundary\r\n"
                        "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
                        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=10\r\n"
                        "--Encrypted Boundary\r\n"
                        "\tContent-Type: application/octet-stream\r\n")
                     + QByteArray("\x04\x00\x00\x00HEADciphertext--Encrypted Boundary--\r\n", 42));
    QCOMPARE(encryptedContentType(sealingProtocol(true)),
             QByteArray("multipart/encrypted;protocol=\"application/"
                        "HTTP-Kerberos-session-encrypted\";boundary=\"Encrypted Boundary\""));
}

void TestEncryptedBody::readsWhatItWrites()
{
    const SealedMessage message{QByteArray(60, 'h'), QByteArray(1000, 'd'), 990};
    const QByteArray bytes = writeEncryptedBody(sealingProtocol(false), message);
    const auto read = readEncryptedBody(type, std::string_view(bytes.constData(), size_t(bytes.size())));
    QVERIFY2(read, read ? "" : qPrintable(read.error()));
    QCOMPARE(read->header, std::string_view(message.header.constData(), 60));
    QCOMPARE(read->data, std::string_view(message.data.constData(), 1000));
    QCOMPARE(read->plainLength, quint64(990));
}

void TestEncryptedBody::formsOfOthers_data()
{
    QTest::addColumn<std::string>("content");
    QTest::addColumn<std::string>("body");
    const std::string data = sized(2, "HHdata");
    QTest::newRow("as the specification's sample: a blank after the dashes") << type << whole(data, "-- ");
    QTest::newRow("no TAB") << type << whole(data, "--", "");
    QTest::newRow("blanks") << type << whole(data, "--", "  ");
    QTest::newRow("no end of line at the end") << type << whole(data, "--", "\t", "");
    QTest::newRow("several at the end") << type << whole(data, "--", "\t", "\r\n\r\n");
    QTest::newRow("parameters in another case and order")
            << std::string("Multipart/Encrypted; BOUNDARY=\"Encrypted Boundary\"; Protocol=\"x\"") << whole(data);
}

void TestEncryptedBody::formsOfOthers()
{
    QFETCH(std::string, content);
    QFETCH(std::string, body);
    const auto read = readEncryptedBody(content, body);
    QVERIFY2(read, read ? "" : qPrintable(read.error()));
    QCOMPARE(read->header, std::string_view("HH"));
    QCOMPARE(read->data, std::string_view("data"));
    QCOMPARE(read->plainLength, quint64(5));
}

void TestEncryptedBody::anythingInTheCiphertext()
{
    for (const std::string &data :
         {std::string("\r\n"), std::string("--Encrypted Boundary\r\n"), std::string("--Encrypted Boundary--\r\n"),
          std::string("--Encrypted Boundary--\r\nmore--"),
          std::string("\tContent-Type: application/octet-stream\r\n")}) {
        const std::string body = whole(sized(3, "abc" + data + "z"));
        const auto read = readEncryptedBody(type, body);
        QVERIFY(read);
        QCOMPARE(read->data, std::string_view(data + "z"));
    }
}

void TestEncryptedBody::refused_data()
{
    QTest::addColumn<std::string>("content");
    QTest::addColumn<std::string>("body");
    const std::string good = whole(sized(2, "HHdata"));
    const auto with = [&good](const std::string &from, const std::string &to) {
        std::string changed = good;
        changed.replace(changed.find(from), from.size(), to);
        return changed;
    };
    QTest::newRow("no boundary named") << std::string("multipart/encrypted") << good;
    QTest::newRow("another boundary") << std::string("multipart/encrypted;boundary=\"Other\"") << good;
    QTest::newRow("empty") << type << std::string();
    QTest::newRow("no length") << type << with("Length=5", "Size=5");
    QTest::newRow("length of letters") << type << with("Length=5", "Length=x");
    QTest::newRow("negative length") << type << with("Length=5", "Length=-5");
    QTest::newRow("huge length") << type << with("Length=5", "Length=99999999999999999999");
    QTest::newRow("header longer than the data") << type << whole(sized(7, "HHdata"));
    QTest::newRow("header of 4 GB") << type << whole(sized(0xffffffff, "HHdata"));
    QTest::newRow("no header") << type << whole("ab");
    QTest::newRow("not closed") << type << with("--\r\n", "");
}

void TestEncryptedBody::refused()
{
    QFETCH(std::string, content);
    QFETCH(std::string, body);
    const auto read = readEncryptedBody(content, body);
    QVERIFY(!read);
    QVERIFY(!read.error().isEmpty());
}

void TestEncryptedBody::truncatedAnywhere()
{
    const std::string good = whole(sized(2, "HHdata"), "--", "\t", "");
    for (size_t length = 0; length < good.size(); ++length)
        QVERIFY(!readEncryptedBody(type, std::string_view(good).substr(0, length)));
    QVERIFY(readEncryptedBody(type, good));
}

void TestEncryptedBody::types()
{
    QVERIFY(isEncryptedType(" Multipart/ENCRYPTED;x"));
    QVERIFY(!isEncryptedType("multipart/x-multi-encrypted"));
    QVERIFY(!isEncryptedType("application/soap+xml"));
}

QTEST_GUILESS_MAIN(TestEncryptedBody)
#include "tst_encryptedbody.moc"
