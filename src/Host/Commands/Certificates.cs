using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>Certificates from files, and what trusting no others than theirs means.</summary>
internal static class Certificates
{
    private const string PemMark = "-----BEGIN ";

    /// <summary>Reads a certificate with its private key: PKCS#12, or PEM with both in one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passwordFile">A file that holds the key's password; null where it has none.</param>
    /// <exception cref="InputException">It is no such file, or the password does not open it.</exception>
    public static X509Certificate2 ReadWithKey(string path, string? passwordFile)
    {
        var password = passwordFile is null ? null : SmallFile.ReadText(passwordFile).Trim();
        var text = SmallFile.ReadText(path);
        try
        {
            if (!text.Contains(PemMark, StringComparison.Ordinal))
            {
                return X509CertificateLoader.LoadPkcs12FromFile(path, password);
            }

            return password is null ? X509Certificate2.CreateFromPem(text, text) : X509Certificate2.CreateFromEncryptedPem(text, text, password);
        }
        catch (CryptographicException error)
        {
            throw new InputException(
                $"{path}: cannot be read as a certificate with its key, PKCS#12 or PEM{(password is null ? "" : ", with the given password")}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>Reads the certificates that are trusted to sign others: PEM, one or several.</summary>
    /// <exception cref="InputException">There is none in the file.</exception>
    public static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(SmallFile.ReadText(path));
        }
        catch (CryptographicException error)
        {
            throw new InputException($"{path}: cannot be read as certificates in PEM: {error.Message.ReplaceLineEndings(" ")}", error);
        }

        return authorities.Count > 0 ? authorities : throw new InputException($"{path}: expected certificates in PEM, found none");
    }

    /// <summary>Trust in what these sign and in nothing else. They are the operator's own: nobody publishes what they revoked.</summary>
    public static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
