// SPDX-License-Identifier: GPL-3.0-or-later
// The verifier against the exchange printed in RFC 7677, and against a verifier as PostgreSQL writes it.
#include "pg/connection.h"
#include "pg/scram.h"

#include <QMessageAuthenticationCode>
#include <QTest>

using namespace howdah;
using namespace howdah::pg;

class TestScram : public QObject
{
    Q_OBJECT
private slots:
    void rfc7677()
    {
        const QByteArray salt = QByteArray::fromBase64("W22ZaJ0SNY7soEsUEjb6gQ==");
        const QByteArray verifier = scramVerifierWith(Secret("pencil"), salt, 4096);
        QVERIFY(verifier.startsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"));
        const QByteArray keys = verifier.mid(verifier.lastIndexOf('$') + 1);
        const QByteArray storedKey = QByteArray::fromBase64(keys.left(keys.indexOf(':')));
        const QByteArray serverKey = QByteArray::fromBase64(keys.mid(keys.indexOf(':') + 1));
        const QByteArray message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                                   "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        const auto hmac = [](const QByteArray &key, const QByteArray &text) {
            return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
        };
        QCOMPARE(hmac(serverKey, message).toBase64(), QByteArray("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        // The client's proof, undone with its signature, must hash to the stored key.
        QByteArray clientKey = QByteArray::fromBase64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        const QByteArray signature = hmac(storedKey, message);
        for (qsizetype i = 0; i < clientKey.size(); ++i)
            clientKey[i] = char(clientKey[i] ^ signature[i]);
        QCOMPARE(QCryptographicHash::hash(clientKey, QCryptographicHash::Sha256), storedKey);
    }
    void freshSalt()
    {
        const auto one = scramVerifier(Secret("same")), two = scramVerifier(Secret("same"));
        QVERIFY(one && two);
        QVERIFY(*one != *two);
        QVERIFY(one->startsWith("SCRAM-SHA-256$4096:"));
        QVERIFY(!one->contains("same"));
    }
    void onlyAscii()
    {
        QCOMPARE(scramVerifier(Secret("grün")).error().reason, QStringLiteral("not_ascii"));
        QCOMPARE(scramVerifier(Secret()).error().reason, QStringLiteral("not_ascii"));
    }
    void features()
    {
        QVERIFY(libpqFeatures().version >= 150000);
        QCOMPARE(libpqFeatures().tlsLibrary, QStringLiteral("OpenSSL"));
    }
};

QTEST_GUILESS_MAIN(TestScram)
#include "tst_scram.moc"
