// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/prometheus.h"

#include <QLocale>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
struct Family {
    QByteArray name; // without _total
    QByteArray unit; // a suffix of the name; empty: none
    double scale = 1;
};

QByteArray word(const QString &text)
{
    QByteArray name;
    for (const QChar c : text)
        name += (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9' && !name.isEmpty()) ? c.toLatin1() : '_';
    return name;
}

// In base units, which Prometheus asks for; "_count" is a histogram's there, so a number of things has their name.
Family familyOf(const Series &series)
{
    Family family;
    QString name = series.name;
    if (name.endsWith(".count"_L1))
        name = name.chopped(6) + u's';
    if (series.unit == "By"_L1) {
        family.unit = "bytes";
    } else if (series.unit == "s"_L1 || series.unit == "ms"_L1) {
        family.unit = "seconds";
        family.scale = series.unit == "ms"_L1 ? 0.001 : 1;
    }
    family.name = word(name);
    const QByteArray suffix = family.unit.isEmpty() ? QByteArray() : QByteArray('_' + family.unit);
    if (!family.name.endsWith(suffix))
        family.name += suffix;
    return family;
}

QByteArray escaped(const QString &text, bool quotes)
{
    QByteArray bytes = text.toUtf8();
    bytes.replace('\\', "\\\\").replace('\n', "\\n");
    if (quotes)
        bytes.replace('"', "\\\"");
    return bytes;
}

QByteArray labelsOf(const SeriesPoint &point)
{
    if (point.attributes.isEmpty())
        return {};
    QByteArray labels = "{";
    for (const Attribute &attribute : point.attributes) {
        if (labels.size() > 1)
            labels += ',';
        labels += word(attributeName(attribute.key)) + "=\"" + escaped(attribute.value, true) + '"';
    }
    return labels + '}';
}

QByteArray numberOf(const metrics::Number &value, double scale)
{
    const auto *integer = std::get_if<qint64>(&value);
    if (integer && scale == 1)
        return QByteArray::number(*integer);
    const double real = std::visit([](auto v) { return double(v); }, value);
    return QByteArray::number(real * scale, 'g', QLocale::FloatingPointShortest);
}

QByteArray text(const QVector<Series> &all, bool open)
{
    QByteArray out;
    for (const Series &series : all) {
        const Family family = familyOf(series);
        const bool counter = series.kind == SeriesKind::Counter;
        const QByteArray sample = counter ? QByteArray(family.name + "_total") : family.name;
        const QByteArray headed = open ? family.name : sample; // OpenMetrics names the family, the older format the sample
        out += "# HELP " + headed + ' ' + escaped(series.description, open) + '\n';
        out += "# TYPE " + headed + (counter ? " counter\n" : " gauge\n");
        if (open && !family.unit.isEmpty())
            out += "# UNIT " + headed + ' ' + family.unit + '\n';
        for (const SeriesPoint &point : series.points) {
            const QByteArray labels = labelsOf(point);
            out += sample + labels + ' ' + numberOf(point.value, family.scale) + '\n';
            if (open && counter && point.startMs > 0)
                out += family.name + "_created" + labels + ' ' + QByteArray::number(double(point.startMs) / 1000, 'f', 3) + '\n';
        }
    }
    if (open)
        out += "# EOF\n";
    return out;
}
} // namespace

QByteArray prometheusText(const QVector<Series> &series)
{
    return text(series, false);
}

QByteArray openMetricsText(const QVector<Series> &series)
{
    return text(series, true);
}

} // namespace howdah::health
