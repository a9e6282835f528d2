using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

/// <summary>The kernel is held against libtorch's pools and their gradients.</summary>
public sealed class PoolKernelTests : WideVectorTest
{
    /// <summary>Images, C, H, W, kernel, stride, padding.</summary>
    public static TheoryData<int[], ScalarType> Shapes() =>
        InBothTypes([3, 64, 16, 16, 3, 2, 1], [2, 5, 7, 4, 3, 2, 1], [4, 17, 5, 9, 2, 2, 0], [1, 1, 1, 1, 3, 1, 1], [0, 16, 8, 8, 3, 2, 1]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_largest_and_its_gradient_are_libtorchs_to_the_bit(int[] shape, ScalarType type)
    {
        // Spikes: most windows have several largest.
        using var noise = randn([shape[0], shape[1], shape[2], shape[3]], type);
        using var input = noise.gt(0.5).to_type(type);
        var (kernel, stride, padding) = (shape[4], shape[5], shape[6]);
        using var leaf = input.clone().requires_grad_();
        using var expected = nn.functional.max_pool2d(leaf, [kernel, kernel], strides: [stride, stride], padding: [padding, padding]);
        using var gradient = randn(expected.shape, type);
        expected.backward([gradient]);

        var (output, winners) = PoolKernel.Max(input, kernel, stride, padding);
        using var inputGradient = PoolKernel.MaxGradient(gradient, winners, input.shape, kernel, stride, padding);

        Assert.Equal(expected.shape, output.shape);
        Assert.True(expected.eq(output).all().item<bool>());
        Assert.True(leaf.grad!.allclose(inputGradient, 1e-6, 1e-6));
        output.Dispose();
        winners.Dispose();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_mean_and_its_gradient_are_libtorchs(int[] shape, ScalarType type)
    {
        using var input = randn([shape[0], shape[1], shape[2], shape[3]], type);
        var (kernel, stride, padding) = (shape[4], shape[5], shape[6]);
        using var leaf = input.clone().requires_grad_();
        using var expected = nn.functional.avg_pool2d(leaf, [kernel, kernel], stride: [stride, stride], padding: [padding, padding], count_include_pad: true);
        using var gradient = randn(expected.shape, type);
        expected.backward([gradient]);

        using var output = PoolKernel.Average(input, kernel, stride, padding);
        using var inputGradient = PoolKernel.AverageGradient(gradient, input.shape, kernel, stride, padding);

        Assert.Equal(expected.shape, output.shape);
        Assert.True(expected.allclose(output, 1e-6, 1e-6));
        Assert.True(leaf.grad!.allclose(inputGradient, 1e-6, 1e-6));
    }

    [Fact]
    public void What_is_no_number_is_the_largest_wherever_it_is_seen()
    {
        using var input = zeros([1, 16, 4, 4]);
        input[0, 3, 1, 1] = float.NaN;
        input[0, 4, 2, 2] = float.NegativeInfinity;
        using var expected = nn.functional.max_pool2d(input, [3, 3], strides: [1, 1], padding: [1, 1]);

        var (output, winners) = PoolKernel.Max(input, kernel: 3, stride: 1, padding: 1);

        Assert.True(expected.isnan().eq(output.isnan()).all().item<bool>());
        Assert.Equal(9, output.isnan().count_nonzero().item<long>());
        output.Dispose();
        winners.Dispose();
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        using var input = randn([7, 20, 9, 9]);
        var threads = get_num_threads();
        using var alone = PoolKernel.Average(input, kernel: 3, stride: 2, padding: 1);
        try
        {
            set_num_threads(3);
            using var divided = PoolKernel.Average(input, kernel: 3, stride: 2, padding: 1);
            Assert.True(alone.eq(divided).all().item<bool>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
