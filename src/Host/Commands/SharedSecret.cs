using System.Security.Cryptography;
using System.Text;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>What a node and its operators know and nobody else. It never travels: a client proves that it knows it, on a challenge.</summary>
internal sealed class SharedSecret
{
    /// <summary>A secret that can be guessed is none.</summary>
    private const int Shortest = 16;

    private const int Longest = 4096;

    private readonly byte[] _key;

    /// <exception cref="InputException">The text is too short.</exception>
    public SharedSecret(string text, string called = "the secret") => _key = text.Trim() is { Length: >= Shortest and <= Longest } secret
        ? Encoding.UTF8.GetBytes(secret)
        : throw new InputException($"{called}: expected a secret of {Shortest} to {Longest} characters, such as `openssl rand -base64 32` makes; found {text.Trim().Length}");

    /// <summary>Reads a file that holds nothing but the secret; blanks around it do not count.</summary>
    /// <exception cref="InputException">The file cannot be read, or the secret is too short.</exception>
    public static SharedSecret Read(string path) => new(SmallFile.ReadText(path), path);

    /// <summary>A challenge for one connection.</summary>
    public static string NewChallenge() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>That the secret is known: HMAC-SHA256 of the challenge's text under it, in base64.</summary>
    public string Prove(string challenge) => Convert.ToBase64String(Mac(challenge));

    /// <summary>Whether a proof is right. Takes as long for one that is nearly right as for any other.</summary>
    public bool Accepts(string challenge, string? proof)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];
        return proof is not null
            && Convert.TryFromBase64String(proof, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Mac(challenge));
    }

    private byte[] Mac(string challenge) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(challenge));
}
