using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SpikeTrail.Host.Tests.Commands;

/// <summary>Certificates that sign themselves, for 127.0.0.1, good for an hour.</summary>
internal static class TestCertificates
{
    public static X509Certificate2 Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }

    /// <summary>Writes one with its key, as PEM and as PKCS#12; returns the files.</summary>
    public static (string Pem, string Pkcs12) Write(string folder, string name, string? password = null)
    {
        using var certificate = Create(name);
        using var key = certificate.GetECDsaPrivateKey()!;
        var (pem, pkcs12) = (Path.Combine(folder, $"{name}.pem"), Path.Combine(folder, $"{name}.pfx"));
        var keyPem = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000));
        File.WriteAllText(pem, $"{certificate.ExportCertificatePem()}\n{keyPem}\n");
        File.WriteAllBytes(pkcs12, certificate.Export(X509ContentType.Pkcs12, password));
        return (pem, pkcs12);
    }
}
