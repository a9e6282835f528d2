using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

public sealed class AdamKernelTests
{
    private static readonly AdamStep Step = new(Beta1: 0.9, Beta2: 0.999, WeightDecay: 1e-3, Epsilon: 1e-8, StepSize: 0.01, Correction: 0.1);

    [Theory]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(37, ScalarType.Float32)]
    [InlineData(70_001, ScalarType.Float32)]
    [InlineData(37, ScalarType.Float64)]
    [InlineData(70_001, ScalarType.Float64)]
    public void It_computes_what_tensor_operations_compute(int count, ScalarType type)
    {
        using var state = new State([count], type);
        using var expected = state.Copy();
        StepOnTensors(expected);

        AdamKernel.Step(Step, state.Weight, state.Gradient, state.First, state.Second);

        var tolerance = type == ScalarType.Float32 ? 1e-6 : 1e-14;
        Assert.True(expected.First.allclose(state.First, tolerance, tolerance));
        Assert.True(expected.Second.allclose(state.Second, tolerance, tolerance));
        Assert.True(expected.Weight.allclose(state.Weight, tolerance, tolerance));
    }

    [Fact]
    public void Neither_threads_nor_the_order_in_memory_change_a_bit()
    {
        using var state = new State([40, 30, 7, 7], ScalarType.Float32);
        using var turned = state.InOrder(values => ConvolutionKernel.InKernelOrder(values));
        using var gradientApart = turned with { Gradient = state.Gradient.clone() };
        var threads = get_num_threads();
        try
        {
            set_num_threads(3);
            AdamKernel.Step(Step, gradientApart.Weight, gradientApart.Gradient, gradientApart.First, gradientApart.Second);
        }
        finally
        {
            set_num_threads(threads);
        }

        AdamKernel.Step(Step, state.Weight, state.Gradient, state.First, state.Second);

        Assert.True(state.Weight.eq(gradientApart.Weight).all().item<bool>());
        Assert.True(state.Second.eq(gradientApart.Second).all().item<bool>());
    }

    [Fact]
    public void A_gradient_that_is_no_number_spoils_its_own_weight_alone()
    {
        using var state = new State([20], ScalarType.Float32);
        state.Gradient[18] = float.NaN;

        AdamKernel.Step(Step, state.Weight, state.Gradient, state.First, state.Second);

        Assert.Equal(1, state.Weight.isnan().count_nonzero().item<long>());
        Assert.True(state.Weight[18].isnan().item<bool>());
    }

    private static void StepOnTensors(State state)
    {
        using var decayed = state.Gradient.add(state.Weight, alpha: Step.WeightDecay);
        state.First.mul_(Step.Beta1).add_(decayed, alpha: 1 - Step.Beta1);
        state.Second.mul_(Step.Beta2).addcmul_(decayed, decayed, value: 1 - Step.Beta2);
        using var denominator = state.Second.sqrt();
        denominator.div_(Step.Correction).add_(Step.Epsilon);
        state.Weight.addcdiv_(state.First, denominator, value: -Step.StepSize);
    }

    private sealed record State(Tensor Weight, Tensor Gradient, Tensor First, Tensor Second) : IDisposable
    {
        public State(long[] shape, ScalarType type)
            : this(randn(shape, type), randn(shape, type), randn(shape, type), rand(shape, type))
        {
        }

        public State Copy() => InOrder(values => values.clone());

        public State InOrder(Func<Tensor, Tensor> order) => new(order(Weight), order(Gradient), order(First), order(Second));

        public void Dispose()
        {
            Weight.Dispose();
            Gradient.Dispose();
            First.Dispose();
            Second.Dispose();
        }
    }
}
