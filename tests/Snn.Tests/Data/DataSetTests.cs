using SpikeTrail.Protocol;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Snn.Tests.Data;

public sealed class DataSetTests
{
    private readonly DataSet _set = new("small", Images(4), Images(2));

    [Fact]
    public void A_limit_keeps_the_first_images()
    {
        var limited = _set.Limit(training: 3, test: 1);

        Assert.Equal([0, 1, 2], limited.Training.Labels.ToArray());
        Assert.Equal([2, 2], limited.Training.Image(2).ToArray());
        Assert.Equal(1, limited.Test.Count);
    }

    [Fact]
    public void No_limit_keeps_everything() =>
        Assert.Equal(_set, _set.Limit(null, null));

    [Fact]
    public void A_limit_of_all_images_is_allowed() =>
        Assert.Equal(4, _set.Limit(4, 2).Training.Count);

    [Theory]
    [InlineData(5, null, "training-limit is 5, expected 1 to 4: small has 4 training images")]
    [InlineData(null, 3, "test-limit is 3, expected 1 to 2: small has 2 test images")]
    [InlineData(0, null, "training-limit is 0, expected 1 to 4: small has 4 training images")]
    public void A_limit_beyond_what_there_is_names_the_key(int? training, int? test, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => _set.Limit(training, test)).Message);

    [Fact]
    public void There_is_no_image_beyond_the_last_one_taken() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = _set.Training.Take(3).Image(3); });

    [Fact]
    public void Pixels_and_labels_must_agree() =>
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[5], new byte[2], 1, 1, 2, classes: 10));

    /// <summary>Images of two pixels; image i has label i and pixels i.</summary>
    private static ImageSet Images(int count)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)i)];
        return new ImageSet(labels.SelectMany(i => new[] { i, i }).ToArray(), labels, channels: 1, height: 1, width: 2, classes: 10);
    }
}
