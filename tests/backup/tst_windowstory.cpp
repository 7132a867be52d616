// SPDX-License-Identifier: GPL-3.0-or-later
// The whole story by keys and clicks, on a stack of its own and under load: a DELETE without WHERE found in WAL, rehearsed, compared, and the rows brought back
// past row security; then all data swapped for the copy's, and back; a swap whose program was killed found and taken back; what was put aside removed; the
// report. Rows are held against what psql read in the transaction that deleted them.
#include "backup/rehearsalrecord.h"
#include "backup/swap.h"
#include "resources/resources.h"
#include "stack/stack.h"
#include "store/journal.h"
#include "store/keyring.h"
#include "tool/background.h"
#include "tool/process.h"
#include "ui/backup/swapnotice.h"
#include "ui/backup/wizardpicks.h"
#include "ui/shell/connectionbar.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"
#include "wizardhands.h"

#include <signal.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{

struct Ran {
    int exit = -1;
    QByteArray output, errors;
    QByteArray all() const { return "exit " + QByteArray::number(exit) + '\n' + output + errors; }
};

Ran run(const QString &program, const QStringList &arguments, const QByteArray &input = {}, const QStringList &environment = {})
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments;
    command.input = input;
    command.timeoutMs = 5 * 60'000;
    command.maxOutput = 64 << 20;
    command.environment = environment;
    for (const char *name : {"HOWDAH_DOCKER_DIR", "HOWDAH_SOURCE_DIR", "DBUS_SESSION_BUS_ADDRESS", "HOWDAH_PG_BIN"}) {
        if (qEnvironmentVariableIsSet(name))
            command.environment << QLatin1StringView(name) + u'=' + qEnvironmentVariable(name);
    }
    const auto ran = tool::run(command);
    return ran ? Ran{ran->exitCode, ran->output, ran->errors} : Ran{-1, {}, ran.error().text().toUtf8()};
}

// Another console, which is killed behind a line of the journal: "swap-…|10".
int otherProgram(const QStringList &words)
{
    SwapOptions options;
    options.backup = false;
    int lines = 0;
    options.written = [&](const Swap &) {
        if (++lines == words.value(1).toInt())
            ::kill(::getpid(), SIGKILL);
    };
    return resumeSwap(words.value(0), options) ? 0 : 1;
}

} // namespace

#define VERIFY_RAN(ran, code) \
    do { \
        const Ran &did = (ran); /* once */ \
        QVERIFY2(did.exit == (code), did.all().constData()); \
    } while (false)

class TestWindowStory : public QObject, private WizardHands
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { QVERIFY2(!m_failed, "what it needs has failed"); }
    void cleanup()
    {
        if (!m_failed && QTest::currentTestFailed() && m_window)
            tellWhatIsShown(m_window.get());
        m_failed = m_failed || QTest::currentTestFailed();
    }
    void found();
    void rehearsed();
    void rescued();
    void swapped();
    void takenBack();
    void killedMidway();
    void reported();
    void cleanupTestCase();

private:
    using Rows = QMap<QByteArray, QByteArray>; // id -> the whole row's hash
    Ran psql(const QByteArray &script) const { return run(u"docker"_s, {u"exec"_s, u"-i"_s, m_name + u"-postgres-1"_s, u"psql"_s, u"-XqAt"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-U"_s, u"postgres"_s, u"-d"_s, u"jeex_idea"_s}, script); }
    static Rows rowsOf(const QByteArray &said)
    {
        Rows rows;
        for (const QByteArray &line : said.split('\n')) {
            if (const qsizetype bar = line.indexOf('|'); bar == 36)
                rows.insert(line.first(bar), line.sliced(bar + 1));
        }
        return rows;
    }
    Rows live() const { return rowsOf(psql(m_read).output); }
    Swap swap() const { return wizard()->model().swap() ? *wizard()->model().swap() : Swap(); }
    void startLoad();
    void isThere(const Rows &all, const Rows &wanted) const;

    const QByteArray m_read = "SELECT id, md5(t::text) FROM public.agent_executions AS t;\n";
    std::unique_ptr<PrivateKeyring> m_keyring;
    QString m_name, m_copy, m_swap;
    std::unique_ptr<tool::Background> m_load;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    Clock m_clock;
    Rows m_deleted;
    QString m_xid;
    bool m_failed = false; // each step stands on the one before
};

void TestWindowStory::startLoad()
{
    tool::Command load;
    load.program = u"docker"_s;
    load.arguments = {u"exec"_s, u"-i"_s, m_name + u"-postgres-1"_s, u"pgbench"_s, u"-n"_s, u"-c"_s, u"2"_s, u"-R"_s, u"20"_s, u"-T"_s, u"900"_s, u"-f"_s, u"/usr/share/howdah/demo/load.sql"_s, u"-U"_s, u"jeex_user"_s, u"jeex_idea"_s};
    m_load = std::make_unique<tool::Background>(load);
}

void TestWindowStory::isThere(const Rows &all, const Rows &wanted) const
{
    for (auto row = wanted.cbegin(); row != wanted.cend(); ++row)
        QCOMPARE(all.value(row.key()), row.value());
}

void TestWindowStory::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    initResources();
    theme().setChoice(Theme::Choice::Light);
    m_name = u"orders-%1"_s.arg(::getpid());
    const Ran up = run(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/howdahctl"_s,
                       {u"--json"_s, u"stack"_s, u"--name"_s, m_name, u"up"_s, u"--backend"_s, u"docker"_s, u"--port"_s, QString::number(58'000 + ::getpid() % 1000), u"--next-port"_s});
    VERIFY_RAN(up, 0);
    // Five projects with a thousand rows each, behind FORCE ROW LEVEL SECURITY.
    const Ran made = psql("BEGIN; SET LOCAL app.all_projects = on;\n"
                          "INSERT INTO public.users (email, display_name) SELECT 'p' || i || '@story.example', 'Person ' || i FROM generate_series(1, 5) AS i;\n"
                          "INSERT INTO public.projects (owner_id, name) SELECT id, 'Project of ' || display_name FROM public.users;\n"
                          "INSERT INTO public.agent_executions (project_id, correlation_id, agent, input) SELECT p.id, uuidv7(), 'writer', jsonb_build_object('n', i) FROM public.projects AS p, generate_series(1, 1000) AS i;\n"
                          "COMMIT;\n");
    VERIFY_RAN(made, 0);
    startLoad();
    QTRY_VERIFY_WITH_TIMEOUT(live().size() > 5000, 60'000);
    // What it deletes is read by the same transaction; the lock keeps the load out in between.
    const Ran ran = psql("BEGIN; SET LOCAL ROLE jeex_owner; SET LOCAL app.all_projects = on;\nLOCK TABLE public.agent_executions;\n" + m_read + "DELETE FROM public.agent_executions;\nSELECT pg_current_xact_id();\nCOMMIT;\n");
    VERIFY_RAN(ran, 0);
    m_deleted = rowsOf(ran.output);
    m_xid = QString::fromLatin1(ran.output.trimmed().split('\n').constLast());
    QVERIFY(m_deleted.size() >= 5000 && m_xid.toLongLong() > 0);
    QTRY_VERIFY_WITH_TIMEOUT(!live().isEmpty(), 60'000); // the load goes on
    const QByteArray segment = psql("SELECT pg_walfile_name(pg_switch_wal())").output.trimmed();
    QTRY_VERIFY_WITH_TIMEOUT(run(u"docker"_s, {u"exec"_s, m_name + u"-postgres-1"_s, u"ls"_s, u"/archive"_s}).output.contains(segment), 60'000);

    m_store = std::make_unique<store::StoreWorker>();
    m_keychain = std::make_unique<store::Keychain>();
    m_tools = std::make_unique<Worker>(u"tools"_s);
    auto saved = m_store->run([name = m_name](store::Store &store) -> Result<session::Profile> {
        auto profile = session::readProfile(store, name);
        if (!profile)
            return profile;
        profile->environment = session::Environment::Production;
        return session::saveProfile(store, *profile);
    });
    saved.waitForFinished();
    QVERIFY2(saved.result(), qPrintable(saved.result() ? QString() : saved.result().error().text()));
    WindowOptions options;
    options.profile = m_name;
    options.pane = u"backup"_s;
    m_window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->start();
    m_window->activateWindow();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->connectionBar()->stateText(), u"connected"_s, 60'000);
}

void TestWindowStory::found()
{
    click(pane(), u"Recover"_s);
    QTRY_VERIFY(wizard() && wizard()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(says(wizard(), u"usable base backup"_s), 60'000);
    pictures(u"story-1"_s);
    next();
    search(u"public.agent_executions"_s);
    auto *table = named<KeyedView>(wizard(), u"Transactions"_s);
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(table->model(), m_xid), 60'000);
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        if (table->model()->index(row, 1).data().toString() == m_xid)
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(row, 0)).center());
    }
    QTRY_COMPARE(wizard()->model().targetText(), u"just before transaction "_s + m_xid);
    pictures(u"story-2"_s);
    next();
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Preflight, WizardModel::State::Done), 60'000);
    pictures(u"story-3"_s);
    next();
    QVERIFY(named<QPlainTextEdit>(wizard(), u"Commands and configuration"_s)->toPlainText().contains(u"recovery_target_xid="_s + m_xid));
    pictures(u"story-4"_s);
    next();
}

void TestWindowStory::rehearsed()
{
    click(wizard(), u"Rehearse the recovery"_s);
    QTRY_VERIFY(is(WizardStep::Rehearse, WizardModel::State::Running));
    QTRY_VERIFY_WITH_TIMEOUT(!is(WizardStep::Rehearse, WizardModel::State::Running), 180'000);
    QVERIFY2(is(WizardStep::Rehearse, WizardModel::State::Done), qPrintable(wizard()->model().note(WizardStep::Rehearse)));
    m_copy = wizard()->model().rehearsal()->id;
    pictures(u"story-5"_s);
    next();
    click(wizard(), u"Compare live with the copy"_s);
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Compare, WizardModel::State::Done), 120'000);
    // The profile's role sees no row of it: the stack's superuser does.
    const TableComparison *seen = wizard()->model().comparison()->find({u"public"_s, u"agent_executions"_s});
    QVERIFY(seen && seen->onlyRehearsed == m_deleted.size());
    pictures(u"story-6"_s);
    next();
}

void TestWindowStory::rescued()
{
    auto *picks = wizard()->findChild<WizardPicks *>();
    QTRY_VERIFY(picks->isVisible());
    QTreeWidgetItem *table = nullptr;
    for (int i = 0; i < picks->topLevelItemCount(); ++i) {
        if (picks->topLevelItem(i)->text(0).contains(u"agent_executions"_s))
            table = picks->topLevelItem(i);
    }
    QVERIFY(table && table->childCount() > 0);
    picks->setFocus();
    picks->setCurrentItem(table->child(0));
    QTest::keyClick(picks, Qt::Key_Space);
    QCOMPARE(picks->rows(), m_deleted.size());
    const Rows before = live();
    click(wizard(), u"Plan "_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().rescuePlan(), 60'000);
    QVERIFY2(wizard()->model().rescuePlan()->isGood(), qPrintable(wizard()->model().rescuePlan()->text()));
    pictures(u"story-7-plan"_s);
    click(wizard(), u"Bring %1 rows back"_s.arg(m_deleted.size()));
    confirm(u"public.agent_executions"_s, u"story-7-confirm"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().outcome(), 60'000);
    const Rows after = live();
    isThere(after, m_deleted);
    for (auto row = before.cbegin(); row != before.cend(); ++row)
        QVERIFY(after.contains(row.key())); // nothing of what came meanwhile is gone
    pictures(u"story-7"_s);
}

void TestWindowStory::swapped()
{
    toStep(WizardStep::Intent);
    QVERIFY(radio(u"The whole cluster"_s));
    QTest::mouseClick(radio(u"The whole cluster"_s), Qt::LeftButton, {}, QPoint(10, radio(u"The whole cluster"_s)->height() / 2));
    QTRY_VERIFY(wizard()->model().isSwap());
    QVERIFY(wizard()->model().isRehearsalOfTarget()); // nothing of it is to be done again
    toStep(WizardStep::Apply);
    pictures(u"story-8-swap"_s);
    click(wizard(), u"Plan the swap"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().swapPlan(), 60'000);
    QVERIFY(says(wizard(), u"pg_hba.conf rejects everybody"_s) && says(wizard(), u"%1_data is kept"_s.arg(m_name)));
    pictures(u"story-8-plan"_s);
    const Rows before = live();
    QVERIFY(before.size() > m_deleted.size());
    click(wizard(), u"Swap the data of"_s);
    confirm(u"Fence the stack %1 off"_s.arg(m_name), u"story-8-confirm"_s);
    QTRY_VERIFY_WITH_TIMEOUT(swap().reached >= SwapStep::Archive, 120'000); // each line is seen as it is written
    pictures(u"story-8-running"_s);
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Apply, WizardModel::State::Done) || is(WizardStep::Apply, WizardModel::State::Failed), 240'000);
    QVERIFY2(swap().state == SwapState::Applied, qPrintable(wizard()->model().note(WizardStep::Apply)));
    QVERIFY2(!swap().backup.isEmpty(), qPrintable(swap().failed));
    m_swap = swap().id;
    QCOMPARE(live(), m_deleted); // all of them, none else
    QTRY_VERIFY_WITH_TIMEOUT(m_load->hasEnded(), 60'000); // its sessions were ended
    QTRY_COMPARE_WITH_TIMEOUT(m_window->connectionBar()->stateText(), u"connected"_s, 60'000);
    pictures(u"story-8"_s);
    QVERIFY(!wizard()->model().mayEnter(WizardStep::Compare) || wizard()->model().comparison());
    next();
}

void TestWindowStory::takenBack()
{
    QVERIFY(says(wizard(), u"%1_data has the data of before"_s.arg(m_name)));
    pictures(u"story-9-return"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard()->isBusy(), 60'000);
    click(wizard(), u"Go back to"_s);
    confirm(u"prove that it is timeline 1"_s, u"story-9-confirm"_s);
    QTRY_VERIFY_WITH_TIMEOUT(swap().state == SwapState::RolledBack && is(WizardStep::Return, WizardModel::State::Done), 240'000);
    const Rows after = live();
    QVERIFY(after.size() > m_deleted.size());
    isThere(after, m_deleted);
    auto read = m_store->run([](store::Store &store) { return store::readJournal(store, 50); });
    read.waitForFinished();
    const auto journal = read.result().value_or(QVector<store::JournalEntry>());
    for (const QString &action : {u"Put %1 in the place of the data of the stack %2"_s.arg(m_copy, m_name), u"Take %1 back"_s.arg(m_swap)})
        QVERIFY2(std::any_of(journal.cbegin(), journal.cend(), [&](const store::JournalEntry &entry) { return entry.action == action && entry.outcome == "done"_L1; }), qPrintable(action));
    pictures(u"story-9"_s);
}

// Another console puts the copy in once more, and is killed in the midst of it.
void TestWindowStory::killedMidway()
{
    QTRY_VERIFY_WITH_TIMEOUT(!wizard()->isBusy(), 60'000);
    QTest::keyClick(wizard(), Qt::Key_Escape);
    QTRY_VERIFY(!wizard()->isVisible());
    auto *notice = m_window->findChild<SwapNotice *>();
    QVERIFY(!notice->isVisible());
    VERIFY_RAN(run(QCoreApplication::applicationFilePath(), {}, {}, {u"HOWDAH_SWAP_CHILD=%1|10"_s.arg(m_swap)}), 128 + SIGKILL);
    m_window->panes()->currentPane()->refresh(); // F5
    QTRY_VERIFY_WITH_TIMEOUT(notice->isVisible(), 60'000);
    QVERIFY(says(notice, u"is unfinished. The last step that ended well: Put the copy in the data's place"_s));
    pictures(u"story-10-notice"_s);
    click(notice, u"Go on, or take it back"_s);
    QTRY_VERIFY(wizard()->isVisible() && wizard()->step() == WizardStep::Apply);
    pictures(u"story-10"_s);
    click(wizard(), u"Take it back"_s);
    confirm(u"prove that it is timeline 1"_s, u"story-10-confirm"_s);
    QTRY_VERIFY_WITH_TIMEOUT(swap().state == SwapState::RolledBack && !wizard()->isBusy(), 240'000);
    isThere(live(), m_deleted);
    QCOMPARE(wizard()->step(), WizardStep::Return);
    click(wizard(), u"Remove %1"_s.arg(m_copy));
    confirm(u"Remove the volume %1"_s.arg(m_copy), u"story-10-retire"_s);
    QTRY_VERIFY_WITH_TIMEOUT(swap().state == SwapState::Retired, 60'000);
    QVERIFY(run(u"docker"_s, {u"volume"_s, u"inspect"_s, m_copy}).exit != 0);
}

void TestWindowStory::reported()
{
    toStep(WizardStep::Report);
    auto *text = named<QPlainTextEdit>(wizard(), u"The report"_s);
    QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(m_copy), 30'000);
    for (const QString &word : {u"### rescue"_s, u"### swap"_s, u"### rollback"_s, u"RTO, copy and replay"_s})
        QVERIFY2(text->toPlainText().contains(word), qPrintable(text->toPlainText()));
    pictures(u"story-11"_s);
    const QString file = m_keyring->folder() + u"/report.md"_s;
    DialogAnswers answers(qApp, [&](const Question &) { return Answer{true, file, {}, false}; });
    click(wizard(), u"Save the report"_s);
    QTRY_COMPARE_WITH_TIMEOUT(wizard()->model().report(), file, 30'000);
    QFile saved(file);
    QVERIFY(saved.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(saved.readAll()).trimmed(), text->toPlainText().trimmed());
}

void TestWindowStory::cleanupTestCase()
{
    m_load.reset();
    m_window.reset();
    m_tools.reset();
    m_keychain.reset();
    m_store.reset();
    QVERIFY(Worker::joinClosed(60'000));
    if (!m_copy.isEmpty())
        std::ignore = dropRehearsal(m_copy);
    std::ignore = stack::destroy(m_name, m_name, {}, {});
    m_keyring.reset();
}

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsSet("HOWDAH_SWAP_CHILD")) {
        const QCoreApplication app(argc, argv);
        return otherProgram(qEnvironmentVariable("HOWDAH_SWAP_CHILD").split(u'|'));
    }
    QApplication app(argc, argv);
    TestWindowStory test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_windowstory.moc"
