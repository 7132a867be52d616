// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/cafile.h"

#include <QFile>
#include <QFileInfo>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace howdah::pg
{

Result<int> countCertificates(const QString &path)
{
    BIO *file = QFileInfo(path).isFile() ? ::BIO_new_file(QFile::encodeName(path).constData(), "r") : nullptr;
    if (!file) {
        ::ERR_clear_error();
        return fail(ErrorKind::Tls, QStringLiteral("ca_file_missing"),
                    QStringLiteral("The file of trusted certificates %1 is not there or can't be read").arg(path),
                    QStringLiteral("Name the PEM file of the authority that signed the server's certificate."));
    }
    int count = 0;
    while (X509 *certificate = ::PEM_read_bio_X509(file, nullptr, nullptr, nullptr)) {
        ::X509_free(certificate);
        ++count;
    }
    ::BIO_free(file);
    ::ERR_clear_error();
    if (count > 0)
        return count;
    return fail(ErrorKind::Tls, QStringLiteral("ca_file_empty"), QStringLiteral("The file %1 holds no certificate").arg(path),
                QStringLiteral("It must be PEM, beginning with -----BEGIN CERTIFICATE-----; a DER file becomes PEM by "
                               "`openssl x509 -inform der -in FILE -out FILE.pem`."));
}

} // namespace howdah::pg
