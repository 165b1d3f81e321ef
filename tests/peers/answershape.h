// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

/// What two answers have to have in common to be of the same shape.
struct AnswerShape
{
    bool isXml = false;
    /// Elements with their namespaces and the names of their attributes, indented; repeated siblings once, and the
    /// items of an enumeration as a set, since neither count nor order is a server's promise.
    QStringList elements;
    QString action;
    QStringList fault; ///< code, subcode, detail URI and text, as far as there
    QString returnValue;

    friend bool operator==(const AnswerShape &, const AnswerShape &) = default;
    /// The first difference in words; empty when there is none.
    [[nodiscard]] QString differenceFrom(const AnswerShape &other) const;
};

AnswerShape shapeOf(const QByteArray &xml);
