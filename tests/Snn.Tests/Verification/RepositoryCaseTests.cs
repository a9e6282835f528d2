using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>The small cases that come with the repository, tests/cases.</summary>
public sealed class RepositoryCaseTests
{
    private static readonly Dictionary<string, ReferenceCase> Cases = new()
    {
        ["sew_resnet10_max_c10.json"] = new() { TimeSteps = 4, Seed = 11 },
        ["spiking_resnet10_avg_c10.json"] = new() { Sew = false, Pool = "avg", TimeSteps = 4, Seed = 12 },
    };

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void They_agree(string name) => AssertAgrees(name, new VerificationOptions());

    [Theory]
    [MemberData(nameof(Names))]
    public void They_agree_in_float32(string name) => AssertAgrees(name, new VerificationOptions(Precision: Precision.Float32));

    [Theory]
    [MemberData(nameof(Names))]
    public void They_say_what_the_second_implementation_computes(string name)
    {
        var committed = GoldenCaseReader.Read(Folder(name));
        using var file = new CaseFile(Cases[name].Compute().ToJsonString());
        var computed = GoldenCaseReader.Read(file.Path);

        Assert.Equal((committed.Network, committed.Seed, committed.TimeSteps), (computed.Network, computed.Seed, computed.TimeSteps));
        Assert.Equal(committed.Adam.Losses, computed.Adam.Losses, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(committed.Pgd.Logits, computed.Pgd.Logits, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    /// <summary>Run by hand, after a change of the format: <c>dotnet test tests/Snn.Tests -- xUnit.Explicit=only</c>.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public void Write_them_anew(string name) => File.WriteAllText(Folder(name), Cases[name].Compute().ToJsonString() + "\n");

    private static void AssertAgrees(string name, VerificationOptions options) =>
        Assert.All(CaseFile.Verify(Folder(name), options), section => Assert.True(section.Agrees, $"{section.First}"));

    private static string Folder(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SpikeTrail.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "tests", "cases", name);
    }
}
