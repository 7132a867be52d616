// SPDX-License-Identifier: GPL-3.0-or-later
// psql's backslash commands, as far as they have a meaning here; what has none is refused by name.
#include "base/readatmost.h"
#include "query/runner.h"
#include "query/scan.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <map>

namespace howdah::query
{

namespace
{
// Name -> why not. The hint of all: psql itself.
const std::map<QLatin1StringView, const char *> &refusedCommands()
{
    static const std::map<QLatin1StringView, const char *> list{
        {QLatin1StringView("!"), "Howdah starts no shell"},
        {QLatin1StringView("c"), "a run keeps to one link: choose another profile, or --profile and --url of howdahctl"},
        {QLatin1StringView("connect"), "a run keeps to one link: choose another profile, or --profile and --url of howdahctl"},
        {QLatin1StringView("crosstabview"), "it is not part of Howdah"},
        {QLatin1StringView("e"), "the statement stands in your own editor"},
        {QLatin1StringView("edit"), "the statement stands in your own editor"},
        {QLatin1StringView("ef"), "\\sf shows the function"},
        {QLatin1StringView("ev"), "\\sv shows the view"},
        {QLatin1StringView("h"), "see https://www.postgresql.org/docs/18/sql-commands.html"},
        {QLatin1StringView("help"), "see https://www.postgresql.org/docs/18/sql-commands.html"},
        {QLatin1StringView("H"), "HTML is not a format of Howdah"},
        {QLatin1StringView("html"), "HTML is not a format of Howdah"},
        {QLatin1StringView("password"), "a script is no place for passwords"},
        {QLatin1StringView("prompt"), "give the value with --var NAME=VALUE"},
        {QLatin1StringView("s"), "Howdah keeps a history of its own"},
        {QLatin1StringView("setenv"), "Howdah starts no shell"},
        {QLatin1StringView("getenv"), "Howdah does not read its environment into scripts: give the value with --var NAME=VALUE"},
        {QLatin1StringView("w"), "save the script from your own editor"},
        {QLatin1StringView("watch"), "it is not part of Howdah"},
        {QLatin1StringView("lo_export"), "large objects are not part of Howdah"},
        {QLatin1StringView("lo_import"), "large objects are not part of Howdah"},
        {QLatin1StringView("lo_list"), "large objects are not part of Howdah"},
        {QLatin1StringView("lo_unlink"), "large objects are not part of Howdah"},
    };
    return list;
}

QString helpText()
{
    return QStringLiteral(
        "Statements   ;  \\;  \\g [FILE]  \\gx  \\gset [PREFIX]  \\gexec  \\gdesc  \\bind VALUE…  \\p  \\r\n"
        "Objects      \\d [NAME]  \\d+  \\dt  \\di  \\dv  \\dm  \\ds  \\dE  \\df  \\dT  \\dn  \\du  \\dx  \\db  \\dp  \\l  \\sf NAME  \\sv NAME   (+ more, S system's too)\n"
        "Files        \\i FILE  \\ir FILE  \\copy …  \\o [FILE]  \\cd [FOLDER]\n"
        "Variables    \\set [NAME [VALUE]]  \\unset NAME   :NAME  :'NAME'  :\"NAME\"  :{?NAME}\n"
        "Conditions   \\if VALUE  \\elif VALUE  \\else  \\endif\n"
        "Display      \\x [on|off|auto]  \\a  \\t  \\f [SEPARATOR]  \\pset [OPTION [VALUE]]  \\timing [on|off]\n"
        "Other        \\echo  \\qecho  \\warn  \\conninfo  \\encoding  \\errverbose  \\q");
}

QString formatText(const Display &display)
{
    return display.csv ? QStringLiteral("csv") : display.aligned ? QStringLiteral("aligned") : QStringLiteral("unaligned");
}

QString onOff(bool on)
{
    return on ? QStringLiteral("on") : QStringLiteral("off");
}
} // namespace

Runner::Next Runner::command(const Piece &piece)
{
    const QByteArray name = commandName(piece.text).toByteArray();
    if (name == "if" || name == "elif" || name == "else" || name == "endif") {
        const Done done = condition(piece.text);
        if (done)
            return Next::Go;
        m_output.statementBegins(m_index, piece);
        StatementEnd failed;
        failed.error = done.error();
        return end(std::move(failed), What::Command);
    }
    if (!active())
        return Next::Go;
    m_output.statementBegins(m_index, piece);
    m_commandEnd = {};
    const auto parsed = parseMetacommand(piece.text, m_summary.variables);
    Done done = parsed ? meta(*parsed, piece) : Done(fail(parsed.error()));
    if (!done) {
        m_commandEnd.error = std::move(done.error());
        m_commandEnd.error->position = 0;
        if (!m_files.empty())
            m_commandEnd.error->context = QStringLiteral("%1, line %2").arg(m_files.back().name).arg(piece.line);
    }
    const Next next = end(std::exchange(m_commandEnd, {}), What::Command);
    if (next != Next::Go)
        return next;
    if (std::exchange(m_quit, false))
        return Next::Quit;
    if (!m_toInclude)
        return Next::Go;
    m_files.push_back(*std::exchange(m_toInclude, {}));
    const Source source{std::exchange(m_toIncludeText, {}), m_connection.facts().standardStrings};
    m_output.fileBegins(m_index, m_files.back().name, source.script);
    const Next inside = all(split(source.script, source.standardStrings), source);
    m_output.fileEnds(m_index);
    m_files.pop_back();
    return inside == Next::Quit ? Next::Go : inside; // \q ends the file it stands in
}

Done Runner::meta(const Metacommand &command, const Piece &piece)
{
    const QString &name = command.name;
    const auto is = [&](std::initializer_list<const char *> names) {
        return std::any_of(names.begin(), names.end(), [&](const char *known) { return name == QLatin1StringView(known); });
    };
    const QString first = command.arguments.value(0);
    if (is({"unrestrict"})) {
        if (m_restricted.isEmpty() || first != m_restricted)
            return fail(refusal(m_restricted.isEmpty() ? QStringLiteral("\\unrestrict: not currently in restricted mode") : QStringLiteral("\\unrestrict: wrong key")));
        m_restricted.clear();
        return {};
    }
    if (!m_restricted.isEmpty())
        return fail(refusal(QStringLiteral("backslash commands are restricted; only \\unrestrict is allowed")));
    if (is({"restrict"})) {
        if (first.isEmpty())
            return fail(refusal(QStringLiteral("\\restrict: missing required argument")));
        m_restricted = first;
        return {};
    }
    if (auto described = describe(command))
        return *described;
    if (const auto refused = refusedCommands().find(QLatin1StringView(name.toLatin1())); refused != refusedCommands().end())
        return fail(refusal(QStringLiteral("\\%1: %2").arg(name, QString::fromUtf8(refused->second)), psqlHasIt()));
    if (is({"set"}))
        return setVariable(command);
    if (is({"unset"})) {
        if (first.isEmpty())
            return fail(refusal(QStringLiteral("\\unset: missing required argument")));
        m_summary.variables.remove(first);
        return {};
    }
    if (is({"echo", "qecho", "warn"})) {
        echo(command.arguments, is({"warn"}));
        return {};
    }
    if (is({"q", "quit"})) {
        m_quit = true;
        return {};
    }
    if (is({"i", "include", "ir", "include_relative"}))
        return include(command, is({"ir", "include_relative"}));
    if (is({"copy"}))
        return copy(command, piece);
    if (is({"g", "gx", "gset", "gexec", "gdesc"}))
        return again(piece.text);
    if (is({"bind"})) {
        m_bound.clear();
        for (const QString &value : command.arguments)
            m_bound.emplace_back(value);
        m_hasBound = true;
        return {};
    }
    if (is({"x"}))
        return expanded(first);
    if (is({"t"}))
        return switchDisplay(&Display::tuplesOnly, first, QStringLiteral("Tuples only"));
    if (is({"timing"}))
        return switchDisplay(&Display::timing, first, QStringLiteral("Timing"));
    if (is({"a"})) {
        Display wanted = m_summary.display;
        wanted.aligned = wanted.csv || !wanted.aligned;
        wanted.csv = false;
        return setDisplay(wanted, QStringLiteral("Output format is %1.").arg(formatText(wanted)));
    }
    if (is({"f"}))
        return pset({QStringLiteral("fieldsep"), first});
    if (is({"pset"}))
        return pset(command.arguments);
    if (is({"o", "out"})) {
        if (first.startsWith(QLatin1Char('|')))
            return fail(refusal(QStringLiteral("\\o: Howdah starts no program from a script")));
        Display wanted = m_summary.display;
        if (!first.isEmpty()) {
            if (Done allowed = filesAllowed(name); !allowed)
                return allowed;
            wanted.outputFile = absolute(first, false);
        } else {
            wanted.outputFile.clear();
        }
        return setDisplay(wanted, {});
    }
    if (is({"cd"})) {
        if (Done allowed = filesAllowed(name); !allowed)
            return allowed;
        const QString folder = first.isEmpty() ? QDir::homePath() : absolute(first, false);
        if (!QFileInfo(folder).isDir())
            return fail(ErrorKind::Io, QStringLiteral("no_such_file"), QStringLiteral("\\cd: there is no folder %1").arg(folder));
        m_folder = folder;
        return {};
    }
    if (is({"conninfo"})) {
        m_output.message(m_index, connectionText());
        return {};
    }
    if (is({"encoding"})) {
        if (!first.isEmpty() && first.compare(QLatin1StringView("utf8"), Qt::CaseInsensitive) != 0 && first.compare(QLatin1StringView("utf-8"), Qt::CaseInsensitive) != 0)
            return fail(refusal(QStringLiteral("\\encoding: Howdah speaks UTF-8 alone; the server converts")));
        if (first.isEmpty())
            m_output.message(m_index, QStringLiteral("UTF8"));
        return {};
    }
    if (is({"p", "print"})) {
        const QByteArray text = !piece.openText.isEmpty() || !m_last ? piece.openText : m_last->text;
        m_output.message(m_index, text.isEmpty() ? QStringLiteral("Query buffer is empty.") : QString::fromUtf8(text));
        return {};
    }
    if (is({"r", "reset"})) {
        m_last.reset();
        m_output.message(m_index, QStringLiteral("Query buffer reset (cleared)."));
        return {};
    }
    if (is({"errverbose"})) {
        const QString message = variable(QStringLiteral("LAST_ERROR_MESSAGE"));
        m_output.warning(m_index, message.isEmpty() ? QStringLiteral("There is no previous error.")
                                                    : QStringLiteral("ERROR:  %1: %2").arg(variable(QStringLiteral("LAST_ERROR_SQLSTATE")), message));
        return {};
    }
    if (is({"?"})) {
        m_output.message(m_index, helpText());
        return {};
    }
    return fail(refusal(QStringLiteral("invalid command \\%1").arg(name), QStringLiteral("Try \\? for help.")));
}

Done Runner::condition(const QByteArray &text)
{
    const QByteArray name = commandName(text).toByteArray();
    if (name != "if" && m_branches.size() <= m_branchBase)
        return fail(refusal(QStringLiteral("\\%1: no matching \\if").arg(QString::fromUtf8(name))));
    if (name == "endif") {
        m_branches.pop_back();
        return {};
    }
    // What stands around it decides first: in a branch that does not run, no expression is looked at.
    const auto outerRuns = [&](size_t depth) { return depth == 0 || m_branches[depth - 1].runs; };
    const auto value = [&]() -> Result<bool> {
        auto parsed = parseMetacommand(text, m_summary.variables);
        if (!parsed)
            return fail(std::move(parsed.error()));
        const QString expression = parsed->arguments.join(QLatin1Char(' '));
        if (const auto known = switchValue(expression))
            return *known;
        return fail(refusal(QStringLiteral("unrecognized value \"%1\" for \"\\%2 expression\": Boolean expected").arg(expression, QString::fromUtf8(name))));
    };
    if (name == "if") {
        const bool outer = outerRuns(m_branches.size());
        m_branches.push_back({});
        Branch &branch = m_branches.back();
        if (!outer) {
            branch.taken = true;
            return {};
        }
        const auto known = value();
        branch.runs = branch.taken = known.value_or(false);
        return known ? Done() : Done(fail(known.error()));
    }
    Branch &branch = m_branches.back();
    if (branch.otherwise)
        return fail(refusal(QStringLiteral("\\%1: cannot occur after \\else").arg(QString::fromUtf8(name))));
    branch.runs = false;
    if (name == "else") {
        branch.otherwise = true;
        branch.runs = !branch.taken;
        branch.taken = true;
        return {};
    }
    if (branch.taken)
        return {};
    const auto known = value();
    branch.runs = branch.taken = known.value_or(false);
    return known ? Done() : Done(fail(known.error()));
}

Done Runner::setVariable(const Metacommand &command)
{
    if (command.arguments.isEmpty()) {
        QStringList lines;
        for (auto it = m_summary.variables.cbegin(); it != m_summary.variables.cend(); ++it)
            lines << QStringLiteral("%1 = '%2'").arg(it.key(), it.value());
        lines.sort();
        m_output.message(m_index, lines.join(QLatin1Char('\n')));
        return {};
    }
    const QString &name = command.arguments.first();
    const bool good = !name.isEmpty() && std::all_of(name.begin(), name.end(), [](QChar c) { return c.unicode() > 127 || c.isLetterOrNumber() || c == QLatin1Char('_'); });
    if (!good)
        return fail(refusal(QStringLiteral("invalid variable name: \"%1\"").arg(name)));
    QString value = command.arguments.mid(1).join(QString());
    static const QStringList switches{QStringLiteral("AUTOCOMMIT"), QStringLiteral("ON_ERROR_STOP"), QStringLiteral("ON_ERROR_ROLLBACK")};
    if (switches.contains(name)) {
        if (command.arguments.size() == 1)
            value = QStringLiteral("on");
        if (!switchValue(value))
            return fail(refusal(QStringLiteral("unrecognized value \"%1\" for \"%2\": Boolean expected").arg(value, name)));
    }
    m_summary.variables.insert(name, value);
    return {};
}

void Runner::echo(QStringList words, bool warning)
{
    const bool open = words.value(0) == QLatin1StringView("-n");
    if (open)
        words.removeFirst();
    const QString text = words.join(QLatin1Char(' '));
    if (warning)
        m_output.warning(m_index, text);
    else if (open)
        m_echo += text;
    else
        m_output.message(m_index, std::exchange(m_echo, {}) + text);
}

Done Runner::include(const Metacommand &command, bool relative)
{
    constexpr qint64 largest = qint64(256) << 20;
    constexpr size_t deepest = 20;
    if (Done allowed = filesAllowed(command.name); !allowed)
        return allowed;
    if (command.arguments.isEmpty())
        return fail(refusal(QStringLiteral("\\%1: missing required argument").arg(command.name)));
    if (m_files.size() >= deepest)
        return fail(refusal(QStringLiteral("\\%1: files are included %2 deep").arg(command.name).arg(deepest)));
    QFile file(absolute(command.arguments.first(), relative));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, QStringLiteral("no_such_file"), QStringLiteral("%1: %2").arg(command.arguments.first(), file.errorString()));
    const auto bytes = readAtMost(file, largest);
    if (!bytes)
        return fail(ErrorKind::Io, QStringLiteral("unreadable"), QStringLiteral("%1: %2").arg(command.arguments.first(), file.errorString()));
    if (bytes->size() > largest)
        return fail(ErrorKind::Io, QStringLiteral("too_large"), QStringLiteral("%1 is larger than 256 MB").arg(file.fileName()), QStringLiteral("psql reads it"));
    m_toIncludeText = *bytes;
    if (m_toIncludeText.startsWith("\xEF\xBB\xBF"))
        m_toIncludeText.remove(0, 3);
    m_toInclude = File{command.arguments.first(), QFileInfo(file.fileName()).absolutePath()};
    return {};
}

QString Runner::absolute(const QString &path, bool relative) const
{
    QString folder = relative && !m_files.empty() ? m_files.back().folder : m_folder;
    if (folder.isEmpty())
        folder = QDir::currentPath();
    if (path == QLatin1StringView("~") || path.startsWith(QLatin1StringView("~/")))
        return QDir::homePath() + path.mid(1);
    return QDir(folder).absoluteFilePath(path);
}

Done Runner::filesAllowed(const QString &command) const
{
    if (m_options.filesAllowed)
        return {};
    return fail(refusal(QStringLiteral("\\%1: this script may not touch files").arg(command)));
}

Done Runner::again(const QByteArray &sender)
{
    if (!m_last)
        return {}; // nothing to send, as in psql
    auto sending = sendingOf(sender);
    if (!sending)
        return fail(std::move(sending.error()));
    m_commandEnd = send(Text(*m_last), *sending);
    if (m_commandEnd.error)
        return fail(*m_commandEnd.error);
    return {};
}

Done Runner::setDisplay(const Display &wanted, const QString &said)
{
    if (!m_output.display(m_index, wanted))
        return fail(refusal(QStringLiteral("\\o: no file is written here"), QStringLiteral("Export the result")));
    m_summary.display = wanted;
    if (!said.isEmpty())
        m_output.message(m_index, said);
    return {};
}

Done Runner::switchDisplay(bool Display::*what, const QString &argument, const QString &name)
{
    Display wanted = m_summary.display;
    const auto value = argument.isEmpty() ? std::optional<bool>(!(wanted.*what)) : switchValue(argument);
    if (!value)
        return fail(refusal(QStringLiteral("unrecognized value \"%1\": Boolean expected").arg(argument)));
    wanted.*what = *value;
    const bool silent = !argument.isEmpty() && what != &Display::timing; // as psql is
    return setDisplay(wanted, silent ? QString() : QStringLiteral("%1 is %2.").arg(name, onOff(*value)));
}

Done Runner::expanded(const QString &argument)
{
    Display wanted = m_summary.display;
    if (argument == QLatin1StringView("auto")) {
        wanted.expanded = Display::Expanded::Auto;
        return setDisplay(wanted, QStringLiteral("Expanded display is used automatically."));
    }
    const auto value = argument.isEmpty() ? std::optional<bool>(wanted.expanded == Display::Expanded::Off) : switchValue(argument);
    if (!value)
        return fail(refusal(QStringLiteral("unrecognized value \"%1\" for \"expanded\"").arg(argument), QStringLiteral("Available values are: on, off, auto.")));
    wanted.expanded = *value ? Display::Expanded::On : Display::Expanded::Off;
    return setDisplay(wanted, QStringLiteral("Expanded display is %1.").arg(onOff(*value)));
}

Done Runner::pset(const QStringList &arguments)
{
    const QString option = arguments.value(0);
    const QString value = arguments.value(1);
    Display wanted = m_summary.display;
    if (option.isEmpty()) {
        m_output.message(m_index, QStringLiteral("expanded  %1\nfieldsep  '%2'\nformat    %3\nnull      '%4'\ntuples_only %5")
                                      .arg(wanted.expanded == Display::Expanded::Auto ? QStringLiteral("auto") : onOff(wanted.expanded == Display::Expanded::On),
                                           wanted.fieldSeparator, formatText(wanted), wanted.null,
                                           onOff(wanted.tuplesOnly)));
        return {};
    }
    if (option == QLatin1StringView("null")) {
        if (arguments.size() > 1)
            wanted.null = value;
        return setDisplay(wanted, QStringLiteral("Null display is \"%1\".").arg(wanted.null));
    }
    if (option == QLatin1StringView("fieldsep")) {
        if (!value.isEmpty())
            wanted.fieldSeparator = value;
        return setDisplay(wanted, QStringLiteral("Field separator is \"%1\".").arg(wanted.fieldSeparator));
    }
    if (option == QLatin1StringView("format")) {
        if (!QStringList{QString(), QStringLiteral("aligned"), QStringLiteral("unaligned"), QStringLiteral("csv")}.contains(value))
            return fail(refusal(QStringLiteral("\\pset: Howdah's formats are aligned, unaligned and csv"), QStringLiteral("For JSON: howdahctl query --format, or export the result")));
        if (!value.isEmpty()) {
            wanted.csv = value == QLatin1StringView("csv");
            wanted.aligned = wanted.csv ? wanted.aligned : value == QLatin1StringView("aligned");
        }
        return setDisplay(wanted, QStringLiteral("Output format is %1.").arg(formatText(wanted)));
    }
    if (option == QLatin1StringView("x") || option == QLatin1StringView("expanded"))
        return expanded(value);
    if (option == QLatin1StringView("t") || option == QLatin1StringView("tuples_only"))
        return switchDisplay(&Display::tuplesOnly, value, QStringLiteral("Tuples only"));
    if (option == QLatin1StringView("footer"))
        return switchDisplay(&Display::footer, value, QStringLiteral("Default footer"));
    if (option == QLatin1StringView("pager") && !switchValue(value).value_or(true)) {
        m_output.message(m_index, QStringLiteral("Pager usage is off."));
        return {};
    }
    static const QStringList withoutEffect{
        QStringLiteral("border"), QStringLiteral("columns"), QStringLiteral("csv_fieldsep"), QStringLiteral("fieldsep_zero"), QStringLiteral("linestyle"),
        QStringLiteral("numericlocale"), QStringLiteral("pager"), QStringLiteral("pager_min_lines"), QStringLiteral("recordsep"), QStringLiteral("recordsep_zero"),
        QStringLiteral("tableattr"), QStringLiteral("title"), QStringLiteral("unicode_border_linestyle"), QStringLiteral("unicode_column_linestyle"),
        QStringLiteral("unicode_header_linestyle"), QStringLiteral("xheader_width")};
    if (!withoutEffect.contains(option))
        return fail(refusal(QStringLiteral("\\pset: unknown option: %1").arg(option)));
    m_output.warning(m_index, QStringLiteral("\\pset %1 has no effect in Howdah").arg(option));
    return {};
}

QString Runner::connectionText() const
{
    const pg::LinkFacts &facts = m_connection.facts();
    const pg::ConnectionSpec &spec = m_connection.spec();
    QString text = QStringLiteral("You are connected to database \"%1\" as user \"%2\" ").arg(facts.database, facts.role);
    text += spec.isUnixSocket() ? QStringLiteral("via socket in \"%1\" at port \"%2\".").arg(spec.host).arg(spec.port)
                                : QStringLiteral("on host \"%1\" at port \"%2\".").arg(spec.host).arg(spec.port);
    if (facts.tls)
        text += QStringLiteral("\nSSL connection (protocol: %1, cipher: %2)").arg(facts.tlsProtocol, facts.cipher);
    return text;
}

} // namespace howdah::query
