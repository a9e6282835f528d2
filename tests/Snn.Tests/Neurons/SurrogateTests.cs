using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Neurons;

public sealed class SurrogateTests
{
    public static MatrixTheoryData<SurrogateKind, double> Surrogates { get; } = new(Enum.GetValues<SurrogateKind>(), [0.7, 1, 2, 4]);

    [Theory]
    [MemberData(nameof(Surrogates))]
    public void The_derivative_is_that_of_the_primitive(SurrogateKind kind, double alpha)
    {
        // A grid that keeps clear of every kink. Halving digits: the step is 1e-6, so about 1e-10 of a value near 1 is noise.
        const double step = 1e-6;
        var surrogate = Surrogate.Create(new SurrogateSpec(kind, alpha));
        using var u = arange(-3.01234, 3, 0.0371, ScalarType.Float64);
        using var above = u + step;
        using var below = u - step;
        using var derivative = surrogate.Derivative(u);
        using var upper = surrogate.Primitive(above);
        using var lower = surrogate.Primitive(below);
        using var difference = upper - lower;
        using var slope = difference / (2 * step);

        Assert.InRange(Difference(derivative, slope), 0, 1e-8);
        Assert.Contains(Values(derivative), value => value > 0);
    }

    [Theory]
    [MemberData(nameof(Surrogates))]
    public void The_primitive_is_half_at_the_threshold_and_goes_from_zero_to_one(SurrogateKind kind, double alpha)
    {
        using var u = tensor([-1e6, 0, 1e6]);
        using var primitive = Surrogate.Create(new SurrogateSpec(kind, alpha)).Primitive(u);
        using var step = tensor([0, 0.5, 1]);

        Assert.InRange(Difference(primitive, step), 0, 1e-6);
    }

    [Fact]
    public void A_probe_reports_a_surrogate_under_its_published_name() =>
        Assert.Equal("ATan", Surrogate.Create(new SurrogateSpec()).Kind);
}
