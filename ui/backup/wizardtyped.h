// SPDX-License-Identifier: GPL-3.0-or-later
// A moment as it is typed: with its offset, or by the clocks of a zone that is named. An hour that these showed twice is asked about; what it comes to is shown
// in UTC and here. Window's thread.
#pragma once

#include <QTimeZone>
#include <QWidget>

#include <optional>

class QButtonGroup;
class QComboBox;
class QLineEdit;
class QRadioButton;

namespace howdah::ui
{

class PlainLabel;

class WizardTyped : public QWidget
{
    Q_OBJECT
public:
    explicit WizardTyped(QWidget *parent = nullptr);
    void setMoment(qint64 us); // as picked elsewhere; not told again

signals:
    void picked(qint64 us);
    void withdrawn(); // what was picked is not what stands there now

private:
    void read();
    void tell(std::optional<qint64> us, const QString &words, bool isWrong);

    QLineEdit *m_text;
    QComboBox *m_zone;
    QButtonGroup *m_which;
    QRadioButton *m_earlier;
    QRadioButton *m_later;
    PlainLabel *m_means;
    QVector<qint64> m_instants;
    std::optional<qint64> m_us; // what it means now
    bool m_setting = false;
};

} // namespace howdah::ui
