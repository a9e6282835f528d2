using System.Text.Json.Nodes;
using SpikeTrail.Protocol;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>A case in a file of its own for as long as a test needs it.</summary>
internal sealed class CaseFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-case-").FullName;

    public CaseFile(string text) => File.WriteAllText(Path, text);

    public string Path => System.IO.Path.Combine(_folder, "case.json");

    /// <summary>Verifies a case.</summary>
    public static List<SectionResult> Verify(JsonObject golden, VerificationOptions? options = null)
    {
        using var file = new CaseFile(golden.ToJsonString());
        return Verify(file.Path, options);
    }

    /// <summary>Verifies a case that is in a file already.</summary>
    public static List<SectionResult> Verify(string path, VerificationOptions? options = null) =>
        [.. new CaseVerification(GoldenCaseReader.Read(path), options ?? new VerificationOptions()).Sections()];

    /// <summary>What refuses a text as a case, the file's name left out.</summary>
    public static string Refusal(string text)
    {
        using var file = new CaseFile(text);
        var refusal = Assert.Throws<InputException>(() => GoldenCaseReader.Read(file.Path)).Message;
        Assert.StartsWith($"{file.Path}: ", refusal, StringComparison.Ordinal);
        return refusal[(file.Path.Length + 2)..];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
