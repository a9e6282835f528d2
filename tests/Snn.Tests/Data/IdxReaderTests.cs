using System.Runtime.Versioning;
using SpikeTrail.Protocol;
using SpikeTrail.Snn.Data;
using static SpikeTrail.Snn.Tests.Data.TemporaryFolder;

namespace SpikeTrail.Snn.Tests.Data;

public sealed class IdxReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _images = Idx(0x0803, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    private readonly byte[] _labels = Idx(0x0801, [2], [9, 0]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_and_labels_come_in_the_order_of_the_file()
    {
        var set = Read(_images, _labels);

        Assert.Equal((2, 1, 2, 3, 10), (set.Count, set.Channels, set.Height, set.Width, set.Classes));
        Assert.Equal([1, 2, 3, 4, 5, 6], set.Image(0).ToArray());
        Assert.Equal([7, 8, 9, 10, 11, 12], set.Image(1).ToArray());
        Assert.Equal([9, 0], set.Labels.ToArray());
    }

    [Fact]
    public void Gzip_is_told_by_content_and_not_by_name() =>
        Assert.Equal([7, 8, 9, 10, 11, 12], Read(Gzip(_images), _labels).Image(1).ToArray());

    [Fact]
    public void A_wrong_magic_number_is_named_with_the_expected_one() =>
        AssertFails("images begins with 0x00000801, expected 0x00000803", _labels, _labels);

    [Fact]
    public void An_element_type_other_than_byte_is_refused() =>
        AssertFails("images begins with 0x00000d03, expected 0x00000803", Idx(0x0d03, [1, 1, 1], [0, 0, 0, 0]), _labels);

    [Fact]
    public void A_file_shorter_than_its_header_is_truncated() =>
        AssertFails("images is truncated: it holds 7 bytes, expected an IDX header of 16", _images[..7], _labels);

    [Fact]
    public void A_truncated_file_is_told_with_both_sizes() =>
        AssertFails("images is truncated: it holds 27 bytes, expected 28 for the 2 x 2 x 3 of its header", _images[..^1], _labels);

    [Fact]
    public void Trailing_bytes_are_told_with_both_sizes() =>
        AssertFails("images has trailing bytes: it holds 29 bytes, expected 28", [.. _images, 0], _labels);

    [Theory]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue)]
    [InlineData(1u << 31, 1u << 31, 4u)] // 2^64: 0 in 64 bits.
    [InlineData(2_000_000_000u, 1u, 1u)]
    public void A_header_that_promises_too_much_is_refused_before_anything_is_allocated(uint count, uint height, uint width)
    {
        var hostile = Idx(0x0803, [count, height, width], []);
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertFails("images is truncated", hostile, _labels);
        AssertFails("images is truncated", Gzip(hostile), _labels);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_file_without_images_is_refused() =>
        AssertFails("images is empty: its header says 0 x 28 x 28", Idx(0x0803, [0, 28, 28], []), _labels);

    [Fact]
    public void Every_image_needs_a_label() =>
        AssertFails("labels holds 1 labels, expected 2", _images, Idx(0x0801, [1], [3]));

    [Fact]
    public void A_label_out_of_range_is_told_with_its_image() =>
        AssertFails("labels gives image 1 the label 10, expected 0 to 9", _images, Idx(0x0801, [2], [9, 10]));

    [Fact]
    public void Damaged_gzip_data_is_told()
    {
        var packed = Gzip(_images);
        packed[12] ^= 0xff;
        AssertFails("images is damaged", packed, _labels);
    }

    [Fact]
    public void Gzip_data_with_a_wrong_check_sum_is_damaged()
    {
        var packed = Gzip(_images);
        packed[^8] ^= 1;
        AssertFails("images is damaged", packed, _labels);
    }

    [Fact]
    public void Gzip_data_that_ends_early_is_told() =>
        AssertFails("images is", Gzip(_images)[..20], _labels);

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(_folder.Path, "nowhere", "images");
        var error = Assert.Throws<InputException>(() => IdxReader.Read(path, path, 10));
        Assert.Equal($"{path} does not exist", error.Message);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "permissions do not bind this user");
        var path = _folder.Write("images", _images);
        File.SetUnixFileMode(path, UnixFileMode.None);
        var error = Assert.Throws<InputException>(() => IdxReader.Read(path, path, 10));
        Assert.Equal($"{path} cannot be read: permission denied", error.Message);
    }

    private ImageSet Read(byte[] images, byte[] labels) =>
        IdxReader.Read(_folder.Write("images", images), _folder.Write("labels", labels), classes: 10);

    private void AssertFails(string message, byte[] images, byte[] labels)
    {
        var error = Assert.Throws<InputException>(() => Read(images, labels));
        Assert.StartsWith(Path.Combine(_folder.Path, message), error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
