using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Randomness;

namespace SpikeTrail.Snn.Tests.Training;

/// <summary>Small sets of images for the test networks.</summary>
internal static class TestImages
{
    /// <summary>Noise with a bright band whose row is the class: something to learn.</summary>
    public static ImageSet Bands(int count)
    {
        var (channels, height, width) = ((int)TestNetworks.InputShape[0], (int)TestNetworks.InputShape[1], (int)TestNetworks.InputShape[2]);
        var pixels = new byte[count * channels * height * width];
        var labels = new byte[count];
        var random = CounterRandom.For(21, "test-images");
        for (var image = 0; image < count; image++)
        {
            labels[image] = (byte)(image % TestNetworks.Classes);
        }

        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, row) = (i / (channels * height * width), i / width % height);
            var bright = row / 3 == labels[image];
            pixels[i] = (byte)(random.Uniform(i) * 128 + (bright ? 127 : 0));
        }

        return new ImageSet(pixels, labels, channels, height, width, TestNetworks.Classes);
    }
}
