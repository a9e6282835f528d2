using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Reference;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>What all benchmarks measure on: SEW-ResNet18 with max pooling, T = 10, batches of 16, float32.</summary>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="Width">Multiplies the channels of every stage; 1 is the published network.</param>
/// <param name="Images">Test images of the campaign.</param>
/// <param name="DataFolder">A folder with CIFAR-10; null for the images of Fashion-MNIST that ship with SpikeTrail.</param>
internal sealed record BenchmarkSetting(int Threads, double Width, int Images, string? DataFolder)
{
    public const int TimeSteps = 10;
    public const int BatchSize = 16;
    public const long Seed = 3407;
    public const int Depth = 18;

    private const int Bits = 8;
    private const int Channels = 3;
    private const int Side = 32;

    /// <summary>The data set's name.</summary>
    public string DataSet => DataFolder is null ? "fashion-mnist-mini" : "cifar-10";

    public NetworkSpec Network => new() { Name = "sew-resnet18-max", Depth = Depth, Width = Width };

    public Encoder Encoder { get; } = new PhaseEncoder(TimeSteps, Bits);

    /// <summary>The test images.</summary>
    /// <exception cref="InputException">The data set is missing or damaged, or has fewer images than were asked for.</exception>
    public ImageSet LoadTest()
    {
        var test = DataCatalog.Load(DataSet, DataFolder).Test;
        return Images <= test.Count
            ? test.Take(Images)
            : throw new InputException($"--images: expected 1 to {test.Count}, as many as {DataSet} has test images, got {Images}");
    }

    /// <summary>One batch of 3×32×32: grey images are framed in black and repeated in three channels.</summary>
    public ImageSet LoadBatch(int size = BatchSize)
    {
        var images = (this with { Images = size }).LoadTest();
        return (images.Channels, images.Height) == (Channels, Side) ? images : InColour(images);
    }

    /// <summary>A network on images such as these, its weights drawn from the seed.</summary>
    public Network CreateNetwork(ImageSet images) =>
        Snn.Networks.Network.Create(Network, [images.Channels, images.Height, images.Width], images.Classes, Seed);

    /// <summary>The same network op by op.</summary>
    public OpByOpNetwork CreateReference(ImageSet images)
    {
        var parameters = CreateNetwork(images).Parameters;
        var reference = new OpByOpNetwork(parameters, TimeSteps);
        foreach (var parameter in parameters)
        {
            parameter.Dispose();
        }

        return reference;
    }

    private static ImageSet InColour(ImageSet images)
    {
        var pixels = new byte[images.Count * Channels * Side * Side];
        var (top, left) = ((Side - images.Height) / 2, (Side - images.Width) / 2);
        for (var plane = 0; plane < images.Count * Channels; plane++)
        {
            for (var row = 0; row < images.Height; row++)
            {
                images.Image(plane / Channels).Slice(row * images.Width, images.Width).CopyTo(pixels.AsSpan((plane * Side + top + row) * Side + left));
            }
        }

        return new ImageSet(pixels, images.Labels, Channels, Side, Side, images.Classes);
    }
}
