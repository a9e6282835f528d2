using SpikeTrail.Build;
using TorchSharp;

namespace SpikeTrail.Snn.Tests.Native;

public sealed class NativeLibraryTests
{
    private const string Version = "GLIBCXX_3.4.32";

    private static string OutputCopy => Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).Single();

    [Fact]
    public void The_library_in_the_output_may_be_loaded_without_GLIBCXX_3_4_32()
    {
        Assert.Equal(VersionNeed.Weak, ElfVersions.Weaken(File.ReadAllBytes(OutputCopy), Version));
    }

    [Fact]
    public void Weakening_a_second_time_changes_nothing()
    {
        var library = File.ReadAllBytes(OutputCopy);
        var before = library.ToArray();

        ElfVersions.Weaken(library, Version);

        Assert.Equal(before, library);
    }

    [Fact]
    public void Weakening_sets_one_bit_and_no_other()
    {
        var library = File.ReadAllBytes(OutputCopy);
        var before = library.ToArray();

        Assert.Equal(VersionNeed.Weakened, ElfVersions.Weaken(library, "GLIBCXX_3.4.30"));

        var changed = Assert.Single(Enumerable.Range(0, library.Length), index => library[index] != before[index]);
        Assert.Equal(before[changed] | 0x2, library[changed]);
    }

    [Fact]
    public void A_version_that_the_library_does_not_ask_for_is_left_out()
    {
        Assert.Equal(VersionNeed.Absent, ElfVersions.Weaken(File.ReadAllBytes(OutputCopy), "GLIBCXX_9.9.99"));
    }

    [Fact]
    public void What_is_no_library_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => ElfVersions.Weaken(new byte[100], Version));
    }

    [Fact]
    public void The_library_loads()
    {
        using var ones = torch.ones(2, 3);
        using var sum = ones.sum();

        Assert.Equal(6f, sum.item<float>());
    }
}
