using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Randomness;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// Draws initial weights. Each is a function of the seed, its key and its place alone, so a network starts the same
/// however it is cut. Convolutions: Kaiming normal, fan-out, ReLU gain (He et al., 2015); linear: uniform ±1/√fan-in.
/// </summary>
internal sealed class WeightInitializer(long seed, ScalarType type)
{
    public Parameter Convolution(string key, long inputs, long outputs, int kernel)
    {
        var deviation = Math.Sqrt(2.0 / (outputs * kernel * kernel));
        return Draw(key, [outputs, inputs, kernel, kernel], (random, i) => deviation * random.Normal(i), ConvolutionKernel.InKernelOrder);
    }

    public Parameter Uniform(string key, long[] shape, long fanIn)
    {
        var bound = 1 / Math.Sqrt(fanIn);
        return Draw(key, shape, (random, i) => bound * (2 * random.Uniform(i) - 1));
    }

    public Parameter Constant(string key, long count, double value, ParameterRole role) =>
        new(key, [count], type, role, () => full(count, value, dtype: type));

    public static Parameter Counter(string key) => new(key, [], ScalarType.Int64, ParameterRole.Statistic, () => zeros([], ScalarType.Int64));

    private Parameter Draw(string key, long[] shape, Func<CounterRandom, long, double> value, Func<Tensor, Tensor>? order = null) => new(key, shape, type, ParameterRole.Trained, () =>
    {
        var random = CounterRandom.For(seed, key);
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(random, i);
        }

        using var drawn = tensor(values, shape);
        var typed = drawn.to_type(type, copy: true);
        if (order is null)
        {
            return typed;
        }

        using (typed)
        {
            return order(typed);
        }
    });
}
