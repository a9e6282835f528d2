using SpikeTrail.Protocol;
using SpikeTrail.Snn.Data;
using static SpikeTrail.Snn.Tests.Data.TemporaryFolder;

namespace SpikeTrail.Snn.Tests.Data;

public sealed class CifarReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_of_CIFAR_10_follow_each_other()
    {
        var first = _folder.Write("1.bin", [.. Record([3], 30), .. Record([9], 90)]);
        var second = _folder.Write("2.bin", Gzip(Record([0], 5)));

        var set = CifarReader.Read([first, second], CifarLayout.Cifar10);

        Assert.Equal((3, 3, 32, 32, 10), (set.Count, set.Channels, set.Height, set.Width, set.Classes));
        Assert.Equal([3, 9, 0], set.Labels.ToArray());
        Assert.Equal([30, 90, 5], [set.Image(0)[0], set.Image(1)[^1], set.Image(2)[0]]);
    }

    [Fact]
    public void Pixels_keep_their_order_channels_first()
    {
        byte[] record = [7, .. Enumerable.Range(0, 3_072).Select(i => (byte)(i % 251))];
        var set = CifarReader.Read([_folder.Write("a.bin", record)], CifarLayout.Cifar10);
        Assert.Equal(record.AsSpan(1), set.Image(0));
    }

    [Fact]
    public void The_class_in_CIFAR_100_is_the_fine_label()
    {
        var file = _folder.Write("train.bin", [.. Record([19, 99], 1), .. Record([0, 42], 2)]);

        var set = CifarReader.Read([file], CifarLayout.Cifar100);

        Assert.Equal(100, set.Classes);
        Assert.Equal([99, 42], set.Labels.ToArray());
        Assert.Equal([1, 2], [set.Image(0)[0], set.Image(1)[0]]);
    }

    [Fact]
    public void A_file_that_ends_inside_a_record_is_truncated() =>
        AssertFails("is truncated: its 3,072 bytes end 3,072 bytes into a record, expected records of 3,073", Record([3], 0)[..^1], CifarLayout.Cifar10);

    [Fact]
    public void A_file_without_records_is_refused() =>
        AssertFails("is empty", [], CifarLayout.Cifar10);

    [Fact]
    public void A_label_out_of_range_is_told_with_its_image() =>
        AssertFails("gives image 1 the label 10, expected 0 to 9", [.. Record([9], 0), .. Record([10], 0)], CifarLayout.Cifar10);

    [Theory]
    [InlineData(20, 5, "gives image 0 the label 20, expected 0 to 19")]
    [InlineData(5, 100, "gives image 0 the label 100, expected 0 to 99")]
    public void Both_labels_of_CIFAR_100_are_checked(byte coarse, byte fine, string message) =>
        AssertFails(message, Record([coarse, fine], 0), CifarLayout.Cifar100);

    private void AssertFails(string message, byte[] bytes, CifarLayout layout)
    {
        var path = _folder.Write("batch.bin", bytes);
        var error = Assert.Throws<InputException>(() => CifarReader.Read([path], layout));
        Assert.StartsWith($"{path} {message}", error.Message);
    }
}
