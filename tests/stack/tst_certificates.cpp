// SPDX-License-Identifier: GPL-3.0-or-later
// A stack's certificates as OpenSSL judges them, and the stream they travel in as the tar program reads it.
#include "stack/certificates.h"
#include "stack/tar.h"
#include "tool/process.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

using namespace howdah;

namespace
{
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

Cert parse(const QByteArray &pem)
{
    BIO *bio = BIO_new_mem_buf(pem.constData(), int(pem.size()));
    Cert cert(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
    BIO_free(bio);
    return cert;
}

// Verifies as a client does that trusts this CA alone and asked for this name.
int verify(const QByteArray &ca, const QByteArray &leaf, const char *host, const char *ip)
{
    const Cert authority = parse(ca);
    const Cert server = parse(leaf);
    X509_STORE *trusted = X509_STORE_new();
    X509_STORE_add_cert(trusted, authority.get());
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, trusted, server.get(), nullptr);
    X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
    if (host)
        X509_VERIFY_PARAM_set1_host(wanted, host, 0);
    if (ip)
        X509_VERIFY_PARAM_set1_ip_asc(wanted, ip);
    const int code = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(trusted);
    return code;
}
} // namespace

class TestCertificates : public QObject
{
    Q_OBJECT
private slots:
    void verifies();
    void keyFits();
    void everyStackHasItsOwn();
    void tarIsRead();
};

void TestCertificates::verifies()
{
    const auto made = stack::makeCertificates(QStringLiteral("howdah"));
    QVERIFY(made);
    for (const char *name : {"localhost", "postgres"})
        QCOMPARE(verify(made->ca, made->server, name, nullptr), X509_V_OK);
    for (const char *address : {"127.0.0.1", "::1"})
        QCOMPARE(verify(made->ca, made->server, nullptr, address), X509_V_OK);
    QCOMPARE(verify(made->ca, made->server, "db.example", nullptr), X509_V_ERR_HOSTNAME_MISMATCH);
    QCOMPARE(verify(made->ca, made->server, nullptr, "192.0.2.1"), X509_V_ERR_IP_ADDRESS_MISMATCH);
    const auto other = stack::makeCertificates(QStringLiteral("howdah"));
    QVERIFY(verify(other->ca, made->server, "localhost", nullptr) != X509_V_OK);

    const Cert ca = parse(made->ca);
    const Cert server = parse(made->server);
    QVERIFY(X509_check_ca(ca.get()) == 1);
    QVERIFY(X509_check_ca(server.get()) == 0);
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(server.get()));
    QVERIFY(days > 3600);
}

void TestCertificates::keyFits()
{
    const auto made = stack::makeCertificates(QString(60, QLatin1Char('x')));
    QVERIFY(made);
    QVERIFY(QByteArray(made->serverKey.data()).startsWith("-----BEGIN PRIVATE KEY-----"));
    BIO *bio = BIO_new_mem_buf(made->serverKey.data(), int(made->serverKey.size()));
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    QVERIFY(key);
    QCOMPARE(X509_check_private_key(parse(made->server).get(), key), 1);
    QCOMPARE(X509_check_private_key(parse(made->ca).get(), key), 0); // the CA's key is another, and gone
    QCOMPARE(EVP_PKEY_get_bits(key), 256);
    EVP_PKEY_free(key);
}

void TestCertificates::everyStackHasItsOwn()
{
    const auto one = stack::makeCertificates(QStringLiteral("a"));
    const auto two = stack::makeCertificates(QStringLiteral("a"));
    QVERIFY(one && two);
    QVERIFY(!(one->serverKey == two->serverKey));
    QVERIFY(one->ca != two->ca);
}

void TestCertificates::tarIsRead()
{
    const QByteArray exact(512, 'e');
    tool::Command list;
    list.program = QStringLiteral("tar");
    list.arguments = {QStringLiteral("-tvf"), QStringLiteral("-")};
    list.input = stack::tarStream({{"ca.crt", "hello\n"}, {"exact", exact}, {"empty", ""}});
    const auto listed = tool::runChecked(list);
    QVERIFY2(listed, listed ? "" : qPrintable(listed.error().text()));
    QVERIFY(listed->errors.isEmpty());
    QCOMPARE(listed->output.count('\n'), 3);
    QVERIFY(listed->output.startsWith("-rw------- 0/0 "));

    QTemporaryDir folder;
    tool::Command unpack = list;
    unpack.arguments = {QStringLiteral("-xf"), QStringLiteral("-")};
    unpack.workingDirectory = folder.path();
    QVERIFY(tool::runChecked(unpack));
    QFile ca(folder.filePath(QStringLiteral("ca.crt")));
    QVERIFY(ca.open(QIODevice::ReadOnly));
    QCOMPARE(ca.readAll(), QByteArray("hello\n"));
    QFile second(folder.filePath(QStringLiteral("exact")));
    QVERIFY(second.open(QIODevice::ReadOnly));
    QCOMPARE(second.readAll(), exact);
}

QTEST_GUILESS_MAIN(TestCertificates)
#include "tst_certificates.moc"
