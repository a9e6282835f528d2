using System.Security.Cryptography;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>What a file is known by, wherever it lies: its SHA-256, in hexadecimal.</summary>
internal static class Fingerprint
{
    public static string Of(string path)
    {
        using var stream = File.OpenRead(path);
        return Of(stream);
    }

    /// <summary>Of a whole stream, which is left at its beginning.</summary>
    public static string Of(Stream stream)
    {
        stream.Position = 0;
        var sum = SHA256.HashData(stream);
        stream.Position = 0;
        return Convert.ToHexStringLower(sum);
    }
}
