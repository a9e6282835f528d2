using SpikeTrail.Protocol;

namespace SpikeTrail.Snn.Data;

/// <summary>Images to learn from and images to be tested on.</summary>
/// <param name="Name">The data catalogue's name for it.</param>
/// <param name="Training">The training images.</param>
/// <param name="Test">The test images.</param>
public sealed record DataSet(string Name, ImageSet Training, ImageSet Test)
{
    /// <summary>The same data set with fewer images: the first ones of each part.</summary>
    /// <param name="training">How many training images; <see langword="null"/> for all.</param>
    /// <param name="test">How many test images; <see langword="null"/> for all.</param>
    /// <exception cref="InputException">A limit is below 1, or asks for more images than there are.</exception>
    public DataSet Limit(int? training, int? test) => this with
    {
        Training = First(Training, training, "training-limit", "training images"),
        Test = First(Test, test, "test-limit", "test images"),
    };

    private ImageSet First(ImageSet images, int? limit, string key, string what) => limit switch
    {
        null => images,
        int count when count >= 1 && count <= images.Count => images.Take(count),
        int count => throw new InputException($"{key} is {count:N0}, expected 1 to {images.Count:N0}: {Name} has {images.Count:N0} {what}"),
    };
}
