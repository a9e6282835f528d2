using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Encoders;

/// <summary>Rate (Poisson) code: a pixel x = byte/255 spikes where a uniform draw, fresh at every step, is at most x.</summary>
/// <param name="timeSteps">T.</param>
public sealed class RateEncoder(int timeSteps) : Encoder(timeSteps)
{
    /// <inheritdoc/>
    public override bool Draws => true;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor bytes_N, Func<int, CounterRandom> random)
    {
        using var x_N = bytes_N / 255;
        using var draws_TN = Uniform(bytes_N.shape, random);
        using var draws_typed = draws_TN.to(bytes_N.dtype, bytes_N.device);
        using var fires = draws_typed <= x_N;
        return fires.to_type(bytes_N.dtype);
    }

    private Tensor Uniform(long[] shape_N, Func<int, CounterRandom> random)
    {
        var (images, pixels) = ((int)shape_N[0], shape_N.Skip(1).Aggregate(1L, (a, b) => a * b));
        var draws = new double[TimeSteps * images * pixels];
        for (var image = 0; image < images; image++)
        {
            var stream = random(image);
            for (var step = 0; step < TimeSteps; step++)
            {
                var start = (step * images + image) * pixels;
                for (long pixel = 0; pixel < pixels; pixel++)
                {
                    draws[start + pixel] = stream.Uniform(step * pixels + pixel);
                }
            }
        }

        return tensor(draws, [TimeSteps, .. shape_N]);
    }
}
