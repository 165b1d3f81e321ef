// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/filter.h"

#include <QRegularExpression>

namespace peer {

namespace {

constexpr char wqlDialect[] = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
constexpr char cqlDialect[] = "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf";
constexpr char selectorDialect[] = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
constexpr char associationDialect[] = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";

using Outcome = tl::expected<Selection, Trouble>;

std::optional<QByteArray> textOf(const Instance &instance, const QByteArray &property)
{
    for (const Value &value : instance.values) {
        if (value.property.compare(property, Qt::CaseInsensitive) == 0)
            return value.text;
    }
    return {};
}

struct Comparison
{
    QByteArray property;
    bool equal = true;
    QByteArray value;
};

/// SELECT * | a, b FROM Class [WHERE p = 'v' [AND …]]: what queries of a console need of WQL.
struct Query
{
    QByteArray className;
    QList<QByteArray> properties;
    std::vector<Comparison> where;
};

std::optional<Query> parseQuery(const QString &text)
{
    static const QRegularExpression form(
            QStringLiteral("^\\s*SELECT\\s+(\\*|[\\w\\s,]+?)\\s+FROM\\s+(\\w+)(?:\\s+WHERE\\s+(.+?))?\\s*$"),
            QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return {};
    Query query{match.captured(2).toUtf8(), {}, {}};
    if (match.captured(1) != QLatin1String("*")) {
        for (const QString &name : match.captured(1).split(QLatin1Char(',')))
            query.properties.append(name.trimmed().toUtf8());
    }
    QString rest = match.captured(3);
    static const QRegularExpression comparison(QStringLiteral("^\\s*(\\w+)\\s*(=|<>|!=)\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|"
                                                              "\"((?:[^\"\\\\]|\\\\.)*)\"|(\\w+))\\s*(AND\\b|$)"),
                                               QRegularExpression::CaseInsensitiveOption);
    while (!rest.isEmpty()) {
        const auto part = comparison.match(rest);
        if (!part.hasMatch())
            return {};
        QString value = part.captured(3) + part.captured(4) + part.captured(5);
        value.replace(QRegularExpression(QStringLiteral("\\\\(.)")), QStringLiteral("\\1"));
        query.where.push_back({part.captured(1).toUtf8(), part.captured(2) == QLatin1String("="), value.toUtf8()});
        rest = rest.mid(part.capturedLength());
        if (rest.isEmpty() && !part.captured(6).isEmpty())
            return {};
    }
    return query;
}

Outcome selectByQuery(const Dialect &dialect, const Provider &provider, const Resource &resource, const Element &filter)
{
    const auto query = parseQuery(filter.text);
    if (!query)
        return tl::unexpected(Trouble::BadFilter);
    if (dialect.windows() && !resource.all)
        return tl::unexpected(Trouble::AllClassesNeedFilter);
    const CimClass *const type = provider.classOf(query->className, resource.space);
    if (!type)
        return tl::unexpected(Trouble::UnknownClass);
    Selection selection;
    for (const Object object : provider.objects(type, resource.space)) {
        const Instance instance = provider.instance(object);
        const bool fits = std::all_of(query->where.begin(), query->where.end(), [&](const Comparison &each) {
            const auto value = textOf(instance, each.property);
            return value && (*value == each.value) == each.equal;
        });
        if (fits)
            selection.objects.push_back(object);
    }
    selection.only = query->properties;
    if (!selection.only.isEmpty() && dialect.openwsman())
        selection.only += type->keys; // sfcb adds them
    return selection;
}

Outcome selectBySelectors(const Dialect &dialect, const Provider &provider, const CimClass *type, Space space,
                          const Element &filter)
{
    Selection selection;
    const Element *const set = filter.child(nsWsman, "SelectorSet");
    for (const Object object : provider.objects(type, space)) {
        const Instance instance = provider.instance(object);
        // OMI takes the dialect and filters nothing (recording 110).
        const bool fits = dialect.omi() || !set
                || std::all_of(set->children.begin(), set->children.end(), [&](const auto &selector) {
                              return textOf(instance, selector->attribute("Name").toUtf8()) == selector->text.toUtf8();
                          });
        if (fits)
            selection.objects.push_back(object);
    }
    return selection;
}

struct AssociationFilter
{
    bool instances = false; ///< the associations themselves
    std::optional<Path> object;
    QByteArray associationClass, role, resultClass, resultRole;
};

std::optional<AssociationFilter> parseAssociation(const Dialect &dialect, const Provider &provider,
                                                  const Element &filter)
{
    const Element *const far = filter.child(nsBinding, "AssociatedInstances");
    const Element *const near = filter.child(nsBinding, "AssociationInstances");
    const Element *const body = far ? far : near;
    if (!body)
        return {};
    AssociationFilter parsed;
    parsed.instances = near != nullptr;
    for (const auto &child : body->children) {
        if (child->is(nsBinding, "Object"))
            parsed.object = readReference(dialect, provider, child.get());
        else if (child->is(nsBinding, "AssociationClassName"))
            parsed.associationClass = child->trimmed().toUtf8();
        else if (child->is(nsBinding, "Role"))
            parsed.role = child->trimmed().toUtf8();
        else if (child->is(nsBinding, "ResultClassName"))
            parsed.resultClass = child->trimmed().toUtf8();
        else if (child->is(nsBinding, "ResultRole"))
            parsed.resultRole = child->trimmed().toUtf8();
    }
    return parsed.object ? std::optional(parsed) : std::nullopt;
}

bool isOfClass(const Provider &provider, Kind kind, const QByteArray &name)
{
    if (name.isEmpty())
        return true;
    const CimClass *const wanted = provider.classOf(name, Provider::spaceOf(kind));
    return wanted && provider.classOf(kind)->derivesFrom(wanted);
}

bool fitsRole(const QByteArray &wanted, const char *role)
{
    return wanted.isEmpty() || wanted.compare(role, Qt::CaseInsensitive) == 0;
}

Outcome selectByAssociation(const Dialect &dialect, const Provider &provider, const Resource &resource,
                            const Element &filter)
{
    const auto parsed = parseAssociation(dialect, provider, filter);
    if (!parsed)
        return tl::unexpected(Trouble::BadFilter);
    Selection selection;
    const auto start = parsed->object->type ? provider.find(*parsed->object) : std::nullopt;
    if (!start) {
        if (dialect.omi())
            return selection; // recording 46
        return tl::unexpected(Trouble::NotFound);
    }
    const QByteArray association = parsed->instances ? parsed->resultClass : parsed->associationClass;
    for (size_t i = 0; i < kinds; ++i) {
        const Kind kind = Kind(i);
        if (!provider.serves(kind) || !provider.isAssociation(kind) || Provider::spaceOf(kind) != resource.space
            || !isOfClass(provider, kind, association))
            continue;
        for (quint32 row = 0; row < provider.count(kind); ++row) {
            const auto ends = provider.ends({kind, row});
            for (size_t side = 0; side < 2; ++side) {
                if (!(ends[side].second == *start) || !fitsRole(parsed->role, ends[side].first))
                    continue;
                const auto &other = ends[1 - side];
                if (parsed->instances)
                    selection.objects.push_back({kind, row});
                else if (fitsRole(parsed->resultRole, other.first) && provider.serves(other.second.kind)
                         && isOfClass(provider, other.second.kind, parsed->resultClass))
                    selection.objects.push_back(other.second);
            }
        }
        // OMI asks the provider once for each end that fits the object, and gives everything twice (recordings 41, 45).
        const bool bothEnds = provider.classOf(kind)->name.endsWith("BindsTo");
        if (dialect.omi() && parsed->instances && bothEnds && parsed->role.isEmpty()) {
            const std::vector<Object> once = selection.objects;
            for (const Object object : once) {
                if (object.kind == kind)
                    selection.objects.push_back(object);
            }
        }
    }
    return selection;
}

} // namespace

Outcome select(const Dialect &dialect, const Provider &provider, const Resource &resource, const Element &enumerate)
{
    const Element *filter = enumerate.child(nsWsman, "Filter");
    if (!filter && !dialect.omi())
        filter = enumerate.child(nsEnumeration, "Filter");
    const QString filterDialect = filter ? filter->attribute("Dialect") : QString();
    if (filterDialect == QLatin1String(associationDialect)) {
        const bool dropped = dialect.openwsman() && !filter->children.empty()
                && filter->children.front()->children.size() < 4;
        if (!dropped)
            return selectByAssociation(dialect, provider, resource, *filter);
        filter = nullptr; // wsman-filter.c of 2.8: fewer than four children, and there is no filter
    } else if (filter && filterDialect != QLatin1String(wqlDialect) && filterDialect != QLatin1String(selectorDialect)
               && (filterDialect != QLatin1String(cqlDialect) || dialect.windows())) {
        return tl::unexpected(Trouble::UnknownDialect);
    }
    if (filter && filterDialect != QLatin1String(selectorDialect))
        return selectByQuery(dialect, provider, resource, *filter);
    if (resource.all)
        return tl::unexpected(Trouble::AllClassesNeedFilter);
    const CimClass *const type = provider.classOf(resource.className, resource.space);
    if (!type)
        return tl::unexpected(Trouble::UnknownClass);
    if (filter)
        return selectBySelectors(dialect, provider, type, resource.space, *filter);

    Selection selection{provider.objects(type, resource.space), {}, false, nullptr};
    const Element *const mode = enumerate.child(nsBinding, "PolymorphismMode");
    const QString polymorphism = mode && !dialect.windows() ? mode->trimmed() : QString();
    if (polymorphism == QLatin1String("None")) {
        if (dialect.omi())
            return tl::unexpected(Trouble::PolymorphismUnsupported);
        std::erase_if(selection.objects, [&](Object object) { return provider.classOf(object.kind) != type; });
        selection.none = selection.objects.empty();
    } else if (polymorphism == QLatin1String("ExcludeSubClassProperties")) {
        selection.shownAs = type;
    }
    return selection;
}

} // namespace peer
