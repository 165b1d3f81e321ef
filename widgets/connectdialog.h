// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/services.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;

namespace portalbind {

/// Asks for the address of a server or workbook, and says at once when nothing of that kind can be opened.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    ConnectDialog(const Services &services, const QStringList &recent, QWidget *parent);

signals:
    void chosen(const QString &url);

private:
    void review();
    void browse();
    void finish();

    const Services &m_services;
    QComboBox *m_address;
    QLabel *m_message;
    QPushButton *m_ok;
};

} // namespace portalbind
