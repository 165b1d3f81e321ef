// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/saveconfig.h"
#include "backends/lio/helper/saveconfigfile.h"
#include "tests/testdata.h"

#include <QFile>
#include <QTest>

using namespace portalbind::kernel;

namespace {

const std::string one = "iqn.2026-11.org.example:target1";

SaveObject object(const std::string &target, int tag = -1, const char *portal = nullptr, bool isThere = true)
{
    SaveObject made;
    made.target = target;
    made.isThere = isThere;
    made.enabled = true;
    if (tag >= 0)
        made.tag = std::uint16_t(tag);
    if (portal != nullptr)
        made.portal = parseSocketAddress(portal);
    return made;
}

SaveObject gone(const std::string &target, int tag = -1, const char *portal = nullptr)
{
    return object(target, tag, portal, false);
}

} // namespace

class tst_SaveconfigPatch : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void unchangedTextStaysAsItIs();
    void onlyWhatIsNamed();
    void refusals_data();
    void refusals();
    void aMoveNamedHalf();
    void shapes_data();
    void shapes();
    void gzip();

private:
    Json m_document;
    std::string m_text;
};

void tst_SaveconfigPatch::init()
{
    QFile file(testData(QStringLiteral("saveconfig.json")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_text = file.readAll().toStdString();
    const auto document = parseBounded(m_text, saveconfigLimits);
    QVERIFY(document);
    m_document = *document;
}

/// What targetcli wrote comes out byte for byte, so that a patch changes the lines it is about and no other.
void tst_SaveconfigPatch::unchangedTextStaysAsItIs()
{
    QVERIFY(saveconfigText(m_document) == m_text || saveconfigText(m_document) == m_text + '\n');
    const auto changed = patchSaveconfig(m_document,
                                         {object(one), object(one, 1), object(one, 1, "127.0.0.1:3260"),
                                          gone("iqn.none"), gone(one, 9), gone(one, 9, "10.0.0.1:1"),
                                          gone(one, 1, "10.0.0.1:1")});
    QVERIFY(changed && changed->empty());
    const Json odd = *parseBounded(R"({"a":1.50,"b":"\u00e4\ud83d\ude00","c":-0.0,"d":18446744073709551615,"e":1e300})",
                                   saveconfigLimits);
    QCOMPARE(saveconfigText(odd),
             std::string("{\n  \"a\": 1.5,\n  \"b\": \"\\u00e4\\ud83d\\ude00\",\n  \"c\": -0.0,\n  \"d\": "
                         "18446744073709551615,\n  \"e\": 1e+300\n}\n"));
}

void tst_SaveconfigPatch::onlyWhatIsNamed()
{
    const Json before = m_document;
    SaveObject added = object(one, 1, "[2001:db8::77]:3299");
    added.iser = true;
    SaveObject disabled = object(one, 2);
    disabled.enabled = false;
    const auto changed = patchSaveconfig(m_document, {added, disabled, gone(one, 2, "[::1]:3260")});
    QVERIFY(changed);
    QCOMPARE(changed->size(), std::size_t(3));
    const Json difference = Json::diff(before, m_document);
    QStringList paths;
    for (const Json &step : difference)
        paths.append(QString::fromStdString(step["op"].get<std::string>() + ' ' + step["path"].get<std::string>()));
    // In the sample, target1 is the second target, TPG 2 its first TPG, and [::1]:3260 the first portal of that: those
    // behind it move up.
    for (const QString &path : paths)
        QVERIFY2(path.contains(QLatin1String("/targets/1/tpgs/0/portals"))
                         || path.contains(QLatin1String("/targets/1/tpgs/1/portals"))
                         || path.endsWith(QLatin1String("replace /targets/1/tpgs/0/enable")),
                 qPrintable(path));
    QCOMPARE(m_document["targets"][1]["tpgs"][1]["portals"].back().dump(),
             std::string(R"({"ip_address":"[2001:db8::77]","iser":true,"offload":false,"port":3299})"));
    QCOMPARE(m_document["targets"][1]["tpgs"][0]["portals"].size(),
             before["targets"][1]["tpgs"][0]["portals"].size() - 1);
    QCOMPARE(m_document["storage_objects"].dump(), before["storage_objects"].dump());

    // A target from nothing, and to nothing, in whatever order it is named.
    SaveObject tpg = object("iqn.2026-11.org.example:new", 5);
    tpg.attributes = {{"authentication", 1}};
    const Json between = m_document;
    QVERIFY(patchSaveconfig(
            m_document,
            {object("iqn.2026-11.org.example:new", 5, "10.0.0.1:1"), tpg, object("iqn.2026-11.org.example:new")}));
    QCOMPARE(m_document["targets"].back()["tpgs"][0]["tag"].get<int>(), 5);
    QCOMPARE(m_document["targets"].back()["tpgs"][0]["portals"].size(), std::size_t(1));
    QVERIFY(patchSaveconfig(m_document,
                            {gone("iqn.2026-11.org.example:new"), gone("iqn.2026-11.org.example:new", 5),
                             gone("iqn.2026-11.org.example:new", 5, "10.0.0.1:1")}));
    QCOMPARE(m_document.dump(), between.dump());
}

void tst_SaveconfigPatch::refusals_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("why");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("portal of an unsaved target") << 0 << QByteArray("parent-not-saved") << QByteArray("iqn.none");
    QTest::newRow("portal of an unsaved TPG")
            << 1 << QByteArray("parent-not-saved") << QByteArray("iqn.2026-11.org.example:target1, TPG 9");
    QTest::newRow("TPG of an unsaved target") << 2 << QByteArray("parent-not-saved") << QByteArray("iqn.none");
    QTest::newRow("TPG with a LUN") << 3 << QByteArray("saved-holds-more") << QByteArray("targets[1].tpgs[1].luns");
    QTest::newRow("target with TPGs") << 4 << QByteArray("saved-holds-more") << QByteArray("targets[1].tpgs");
    QTest::newRow("TPG with a secret") << 5 << QByteArray("saved-holds-more")
                                       << QByteArray("targets[1].tpgs[0].chap_password");
}

void tst_SaveconfigPatch::refusals()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, why);
    QFETCH(QByteArray, place);
    std::vector<SaveObject> objects = {object("iqn.none", 1, "10.0.0.1:1")};
    if (kind == 1)
        objects = {object(one, 9, "10.0.0.1:1")};
    if (kind == 2)
        objects = {object("iqn.none", 1)};
    if (kind == 3)
        objects = {gone(one, 1)};
    if (kind == 4)
        objects = {gone(one)};
    if (kind == 5) {
        Json &tpg = m_document["targets"][1]["tpgs"][0];
        tpg["chap_password"] = "x";
        tpg["luns"] = Json::array();
        tpg["portals"] = Json::array();
        objects = {gone(one, 2)};
    }
    const auto changed = patchSaveconfig(m_document, objects);
    QVERIFY(!changed);
    QCOMPARE(QByteArray::fromStdString(changed.error().why), why);
    QCOMPARE(QByteArray::fromStdString(changed.error().place), place);
}

/// The portal left TPG 2 for TPG 1; saving only where it went would leave it in both.
void tst_SaveconfigPatch::aMoveNamedHalf()
{
    Json copy = m_document;
    const auto half = patchSaveconfig(copy, {object(one, 1, "[::1]:3260")});
    QVERIFY(!half);
    QCOMPARE(half.error().why, std::string("saved-twice"));
    QVERIFY(patchSaveconfig(m_document, {object(one, 1, "[::1]:3260"), gone(one, 2, "[::1]:3260")}));
}

void tst_SaveconfigPatch::shapes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("place"); // empty: it can be read
    const auto row = [](const char *text, const char *place) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(place);
    };
    row("{}", "");
    row(R"({"targets":null})", "");
    row(R"({"targets":[{"fabric":"loopback","wwn":5}]})", "");
    row(R"({"targets":[{"wwn":5}]})", "");
    row(R"({"targets":7})", "targets");
    row(R"({"targets":[7]})", "targets[0]");
    row(R"({"targets":[{"fabric":"iscsi","wwn":5}]})", "targets[0].wwn");
    row(R"({"targets":[{"fabric":"iscsi"}]})", "targets[0].wwn");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{}]}]})", "targets[0].tpgs[0].tag");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":-1}]}]})", "targets[0].tpgs[0].tag");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1},{"tag":1}]}]})", "targets[0].tpgs[1].tag");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1,"enable":"yes"}]}]})", "targets[0].tpgs[0].enable");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1,"luns":[1]}]}]})", "targets[0].tpgs[0].luns[0]");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1,"portals":[{"ip_address":"::1","port":1}]}]}]})",
        "");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1,"portals":[{"ip_address":"x","port":1}]}]}]})", "");
    row(R"({"targets":[{"fabric":"iscsi","wwn":"a","tpgs":[{"tag":1,"portals":[{"ip_address":"::1","port":70000}]}]}]})",
        "targets[0].tpgs[0].portals[0].port");
}

void tst_SaveconfigPatch::shapes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, place);
    const auto document = parseBounded(text.toStdString(), saveconfigLimits);
    QVERIFY(document);
    const auto targets = readSavedTargets(*document);
    QCOMPARE(targets.has_value(), place.isEmpty());
    if (!targets)
        QCOMPARE(QByteArray::fromStdString(targets.error().place), place);
    else
        QVERIFY(describeSavedTargets(*document, *targets).is_array());
}

void tst_SaveconfigPatch::gzip()
{
    const std::string file = gzipped(m_text);
    QVERIFY(file.size() < m_text.size() / 4);
    QCOMPARE(gunzipped(file, m_text.size()), m_text);
    QVERIFY(gunzipped(file, m_text.size() / 2).empty());
    QVERIFY(gunzipped(file.substr(0, file.size() / 2), m_text.size()).empty());
    QVERIFY(gunzipped("not gzip", 100).empty());
}

QTEST_GUILESS_MAIN(tst_SaveconfigPatch)

#include "tst_saveconfigpatch.moc"
