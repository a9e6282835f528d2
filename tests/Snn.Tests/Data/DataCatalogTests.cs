using System.Runtime.Versioning;
using System.Security.Cryptography;
using SpikeTrail.Protocol;
using SpikeTrail.Snn.Data;
using static SpikeTrail.Snn.Tests.Data.TemporaryFolder;

namespace SpikeTrail.Snn.Tests.Data;

/// <summary>The catalogue's search and checks, on a data set of three images in CIFAR-10's layout.</summary>
public sealed class DataCatalogTests : IDisposable
{
    private static readonly byte[] Train = [.. Record([3], 30), .. Record([9], 90)];
    private static readonly byte[] Test = Record([0], 5);

    private static readonly KnownDataSet Tiny = new()
    {
        Name = "tiny",
        Format = DataFormat.Cifar10,
        TrainingFiles = [new("train.bin", Train.Length, Md5(Train))],
        TestFiles = [new("test.bin", Test.Length, Md5(Test))],
        TrainingCount = 2,
        TestCount = 1,
        Channels = 3,
        Side = 32,
        ClassNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
        UsualFolders = ["tiny-bin"],
        Archive = "tiny.tar.gz",
        Licence = "none",
        Citation = "none",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("tiny")]
    [InlineData("tiny-bin")]
    [InlineData("tiny/tiny-bin")]
    public void Files_are_found_in_the_usual_folders(string folder)
    {
        _folder.Write(Path.Combine(folder, "train.bin"), Train);
        _folder.Write(Path.Combine(folder, "test.bin.gz"), Gzip(Test));
        AssertIsTiny(DataCatalog.Load(Tiny, _folder.Path));
    }

    [Fact]
    public void A_folder_that_names_the_data_set_comes_before_one_that_does_not()
    {
        _folder.Write("train.bin", [1]);
        _folder.Write("test.bin", [1]);
        _folder.Write("tiny/train.bin", Train);
        _folder.Write("tiny/test.bin", Test);
        AssertIsTiny(DataCatalog.Load(Tiny, _folder.Path));
    }

    [Fact]
    public void The_official_archive_is_read_as_it_is_in_any_order()
    {
        _folder.Write("tiny.tar.gz", TarGz(("tiny-bin/readme.html", [1, 2]), ("tiny-bin/test.bin", Test), ("tiny-bin/train.bin", Train)));
        AssertIsTiny(DataCatalog.Load(Tiny, _folder.Path));
    }

    [Fact]
    public void An_archive_that_lacks_a_file_is_incomplete()
    {
        var path = _folder.Write("tiny.tar.gz", TarGz(("tiny-bin/train.bin", Train)));
        AssertFails($"tiny is incomplete: {path} lacks test.bin");
    }

    [Fact]
    public void A_file_of_the_wrong_size_in_an_archive_is_named()
    {
        var path = _folder.Write("tiny.tar.gz", TarGz(("tiny-bin/train.bin", Train[..^1]), ("tiny-bin/test.bin", Test)));
        AssertFails($"train.bin in {path} is truncated: it holds 6,145 bytes, expected 6,146");
    }

    [Fact]
    public void A_damaged_archive_is_named()
    {
        byte[] noise = [.. Enumerable.Range(0, 2_000).Select(i => (byte)((i * 31) ^ (i >> 3)))];
        var path = _folder.Write("tiny.tar.gz", noise);
        AssertFails($"{path} is damaged");
        _folder.Write("tiny.tar.gz", TarGz(("train.bin", Train), ("test.bin", Test))[..60]);
        AssertFails($"{path} is damaged");
    }

    [Fact]
    public void A_missing_file_is_named_with_its_folder()
    {
        _folder.Write("tiny/train.bin", Train);
        AssertFails($"tiny is incomplete: {Path.Combine(_folder.Path, "tiny")} lacks test.bin");
    }

    [Fact]
    public void Where_nothing_is_found_all_names_and_places_are_told() =>
        AssertFails($"tiny was not found: looked for train.bin, test.bin (plain or .gz), or tiny.tar.gz in {Path.Combine(_folder.Path, "tiny", "tiny-bin")}, ");

    [Fact]
    public void A_missing_folder_is_named()
    {
        var nowhere = Path.Combine(_folder.Path, "nowhere");
        var error = Assert.Throws<InputException>(() => DataCatalog.Load(Tiny, nowhere));
        Assert.StartsWith($"data folder {nowhere} does not exist; expected one with train.bin", error.Message);
    }

    [Fact]
    public void A_data_set_that_does_not_ship_needs_a_folder()
    {
        var error = Assert.Throws<InputException>(() => DataCatalog.Load(Tiny, dataFolder: null));
        Assert.StartsWith("tiny needs a data folder with train.bin", error.Message);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_listed_is_named()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "permissions do not bind this user");
        var closed = Directory.CreateDirectory(Path.Combine(_folder.Path, "closed"), UnixFileMode.None).FullName;
        var error = Assert.Throws<InputException>(() => DataCatalog.Load(Tiny, closed));
        Assert.Equal($"{closed} cannot be read: permission denied", error.Message);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData(-1, "is truncated: it holds 3,072 bytes, expected 3,073")]
    [InlineData(1, "has trailing bytes: it holds 3,074 bytes, expected 3,073")]
    public void A_file_of_the_wrong_size_is_told_with_both_sizes(int difference, string message)
    {
        var wrong = Test;
        Array.Resize(ref wrong, Test.Length + difference);
        _folder.Write("train.bin", Train);
        AssertFails($"{_folder.Write("test.bin", wrong)} {message}");
    }

    [Fact]
    public void Unpacking_stops_one_byte_beyond_the_expected_size()
    {
        _folder.Write("train.bin", Train);
        var bomb = _folder.Write("test.bin.gz", Gzip(new byte[64 << 20]));
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertFails($"{bomb} has trailing bytes: it holds at least 3,074 bytes, expected 3,073");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_wrong_sum_is_told_with_both_sums()
    {
        _folder.Write("train.bin", Train);
        var changed = Record([0], 6);
        AssertFails($"{_folder.Write("test.bin", changed)} has the MD5 sum {Md5(changed)}, expected {Md5(Test)}");
    }

    [Fact]
    public void Sums_are_left_out_on_request()
    {
        _folder.Write("train.bin", Train);
        _folder.Write("test.bin", Record([0], 6));
        Assert.Equal(6, DataCatalog.Load(Tiny, _folder.Path, verify: false).Test.Image(0)[0]);
    }

    [Fact]
    public void Images_of_another_shape_are_refused_even_where_the_sizes_agree()
    {
        var idx = Tiny with
        {
            Format = DataFormat.Idx,
            TrainingFiles = [new("images", 16 + 6, ""), new("labels", 8 + 1, "")],
            TestFiles = [new("images", 16 + 6, ""), new("labels", 8 + 1, "")],
            TrainingCount = 1,
            Channels = 1,
            Side = 28,
        };
        var images = _folder.Write("images", Idx(0x0803, [1, 2, 3], new byte[6]));
        _folder.Write("labels", Idx(0x0801, [1], [0]));
        var error = Assert.Throws<InputException>(() => DataCatalog.Load(idx, _folder.Path, verify: false));
        Assert.Equal($"{images} holds 1 images of 2x3, expected 1 of 28x28", error.Message);
    }

    [Fact]
    public void An_unknown_name_gets_a_suggestion_and_the_list()
    {
        var error = Assert.Throws<InputException>(() => DataCatalog.Load("cifar10", null));
        Assert.Equal(
            "there is no data set 'cifar10': expected one of fashion-mnist-mini, fashion-mnist, mnist, cifar-10, cifar-100, cifar-100-mini; did you mean cifar-10?",
            error.Message);
    }

    [Fact]
    public void A_name_like_no_other_gets_the_list_alone() =>
        Assert.StartsWith(
            "there is no data set 'imagenet-21k': expected one of fashion-mnist-mini, ",
            Assert.Throws<InputException>(() => DataCatalog.Inspect("imagenet-21k", null)).Message);

    [Fact]
    public void An_inspection_says_where_the_data_set_is_and_that_it_is_right()
    {
        _folder.Write("tiny/train.bin", Train);
        _folder.Write("tiny/test.bin", Test);
        Assert.Equal(
            new DataStatus(Tiny, Path.Combine(_folder.Path, "tiny"), IsComplete: true, IsChecked: true, Problem: null),
            DataCatalog.Inspect(Tiny, _folder.Path));
    }

    [Fact]
    public void An_inspection_reports_a_problem_instead_of_throwing()
    {
        var nothing = DataCatalog.Inspect(Tiny, _folder.Path);
        Assert.Equal((null, false, false), (nothing.FoundAt, nothing.IsComplete, nothing.IsChecked));
        Assert.StartsWith("tiny was not found", nothing.Problem);

        _folder.Write("train.bin", Train);
        var half = DataCatalog.Inspect(Tiny, _folder.Path);
        Assert.Equal((_folder.Path, false, false), (half.FoundAt, half.IsComplete, half.IsChecked));
        Assert.EndsWith("lacks test.bin", half.Problem);

        _folder.Write("test.bin", Train);
        var wrong = DataCatalog.Inspect(Tiny, _folder.Path);
        Assert.Equal((_folder.Path, true, false), (wrong.FoundAt, wrong.IsComplete, wrong.IsChecked));
        Assert.Contains("has trailing bytes", wrong.Problem);
    }

    private static void AssertIsTiny(DataSet set)
    {
        Assert.Equal("tiny", set.Name);
        Assert.Equal([3, 9], set.Training.Labels.ToArray());
        Assert.Equal([30, 90, 5], [set.Training.Image(0)[0], set.Training.Image(1)[0], set.Test.Image(0)[0]]);
    }

    private void AssertFails(string message)
    {
        var error = Assert.Throws<InputException>(() => DataCatalog.Load(Tiny, _folder.Path));
        Assert.StartsWith(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

#pragma warning disable CA5351 // The catalogue's sums are MD5.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
}
