// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperline.h"

#include "backends/lio/answerfields.h"
#include "backends/lio/liotext.h"

#include <QJsonDocument>

namespace portalbind::lio {
namespace {

using Kind = HelperLine::Kind;

tl::unexpected<Error> nonsense(const QByteArray &line, const QString &why)
{
    constexpr qsizetype mostShown = 200;
    return failure(Error::Kind::Server, Text::tr("What the helper says is not its protocol."), {},
                   Text::tr("Something else may print into the connection (a login script, say); and the versions on "
                            "both hosts should be the same."),
                   why + u'\n' + QString::fromUtf8(line.left(mostShown)));
}

/// How many values \a line can hold at most: commas and openings that are in no text.
qsizetype valuesIn(const QByteArray &line)
{
    qsizetype count = 0;
    bool inText = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const char c = line.at(i);
        if (c == '"')
            inText = !inText;
        else if (inText && c == '\\')
            ++i;
        else if (!inText && (c == ',' || c == '[' || c == '{'))
            ++count;
    }
    return count;
}

} // namespace

QByteArray HelperRequest::line(qint64 id) const
{
    QJsonObject object = fields;
    object.insert(QStringLiteral("id"), id);
    object.insert(QStringLiteral("do"), verb);
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

Result<HelperLine> readHelperLine(const QByteArray &line)
{
    if (line.size() > longestAnswer)
        return nonsense(line, Text::tr("The line is longer than %1 MiB.").arg(longestAnswer >> 20));
    if (valuesIn(line) > mostValues)
        return nonsense(line, Text::tr("It holds more than %1 values.").arg(mostValues));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(line, &error);
    if (!document.isObject())
        return nonsense(line, error.errorString());
    const QJsonObject object = document.object();
    HelperLine read;
    if (object.contains(QLatin1String("event"))) {
        if (object.value(QLatin1String("event")).toString() == QLatin1String("changed")) {
            QString wrong;
            read.changed = Fields(object, QStringLiteral("event"), &wrong).texts("what");
            if (!wrong.isEmpty())
                return nonsense(line, wrong);
        }
        return read; // one that is not known is no news
    }
    const QJsonValue id = object.value(QLatin1String("id"));
    if (id.isDouble() && id.toInteger(-1) >= 0)
        read.id = id.toInteger();
    else if (!id.isNull())
        return nonsense(line, Text::tr("It has no number."));
    int bodies = 0;
    for (const auto &[key, kind] :
         {std::pair("ok", Kind::Ok), std::pair("refused", Kind::Refused), std::pair("failed", Kind::Failed)}) {
        if (!object.contains(QLatin1String(key)))
            continue;
        if (!object.value(QLatin1String(key)).isObject())
            return nonsense(line, Text::tr("“%1” is no object.").arg(QLatin1String(key)));
        ++bodies;
        read.kind = kind;
        read.body = object.value(QLatin1String(key)).toObject();
    }
    if (bodies != 1)
        return nonsense(line, Text::tr("It holds no answer, or several."));
    return read;
}

Error errorOfFailure(const QJsonObject &failed)
{
    const QString why = failed.value(QLatin1String("why")).toString();
    const QString detail = failed.value(QLatin1String("text")).toString().left(Fields::longestText);
    constexpr qsizetype longestHeadline = 300;
    const QString headline = detail.section(u'\n', 0, 0).left(longestHeadline);
    const auto error = [&](Error::Kind kind, const QString &what, const QString &remedy) {
        return Error{kind, what, {}, remedy, detail};
    };
    if (failed.value(QLatin1String("outcome")).toString() == QLatin1String("unknown"))
        return error(Error::Kind::OutcomeUnknown, Text::tr("The helper does not know what came of the change."),
                     Text::tr("Refresh to see what holds."));
    if (why == QLatin1String("rights"))
        return error(Error::Kind::Rights, Text::tr("The helper has no right to do this: it does not run as root."),
                     Text::tr("Let it be started as root."));
    if (why == QLatin1String("no-lio"))
        return error(
                Error::Kind::Server,
                Text::tr("This kernel shows no configuration of targets: no configfs is mounted at "
                         "/sys/kernel/config."),
                Text::tr("Mount it: mount -t configfs none /sys/kernel/config. A kernel without it has no target."));
    if (why == QLatin1String("no-module"))
        return error(Error::Kind::Server, Text::tr("The kernel's target is not loaded."),
                     Text::tr("Load it: modprobe iscsi_target_mod. targetcli's service does so at "
                              "boot."));
    if (why == QLatin1String("read-only"))
        return error(Error::Kind::Server,
                     Text::tr("The kernel's configuration is mounted read-only, as in a container: it can be read, not "
                              "changed."),
                     Text::tr("Run it on the host itself, or mount /sys/kernel/config for writing."));
    if (why == QLatin1String("too-large"))
        return error(Error::Kind::Server, Text::tr("This host has more than can be told at once."),
                     Text::tr("Look at the details."));
    if (why == QLatin1String("protocol"))
        return error(Error::Kind::Server, Text::tr("The helper does not understand the request."),
                     Text::tr("Install the same version of Portalbind on both hosts."));
    return error(Error::Kind::Server,
                 detail.isEmpty() ? Text::tr("The helper failed.") : Text::tr("The helper failed: %1.").arg(headline),
                 Text::tr("Try again; look at the journal of that host if it stays."));
}

} // namespace portalbind::lio
