// SPDX-License-Identifier: GPL-3.0-or-later
// A runbook's blocks of shell, as somebody copies them out of it.
#pragma once

#include <QString>
#include <QVector>

namespace howdah::test
{

class Runbook
{
public:
    explicit Runbook(const QByteArray &markdown)
    {
        QString heading;
        bool inside = false;
        for (const QString &line : QString::fromUtf8(markdown).split(QLatin1Char('\n'))) {
            if (!inside && line.startsWith(QLatin1Char('#')))
                heading = line;
            if (line == QLatin1String("```bash"))
                m_blocks.append({heading, {}});
            else if (inside && line != QLatin1String("```"))
                m_blocks.last().text += line + QLatin1Char('\n');
            inside = line == QLatin1String("```bash") || (inside && line != QLatin1String("```"));
        }
    }
    // Those whose heading begins so, one after the other.
    QString shell(const QStringList &headings) const
    {
        QString all;
        for (const QString &heading : headings) {
            for (const Block &block : m_blocks) {
                if (block.heading.startsWith(heading))
                    all += block.text;
            }
        }
        return all;
    }
    // The value of a line that says "fill in", and of no other; empty: there is none.
    static QString filled(QString text, const QString &name, const QString &value)
    {
        QStringList lines = text.split(QLatin1Char('\n'));
        for (QString &line : lines) {
            if (line.startsWith(name) && line.contains(QLatin1String("# fill in"))) {
                line = name + value;
                return lines.join(QLatin1Char('\n'));
            }
        }
        return {};
    }

private:
    struct Block {
        QString heading, text;
    };
    QVector<Block> m_blocks;
};

} // namespace howdah::test
