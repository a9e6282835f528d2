using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

/// <summary>The kernels are held against libtorch's convolution and its gradients.</summary>
public sealed class ConvolutionKernelTests : WideVectorTest
{
    /// <summary>Images, C, H, W, K, kernel, stride, padding.</summary>
    public static TheoryData<int[], ScalarType> Shapes() => InBothTypes(
        [2, 3, 32, 32, 64, 7, 2, 3],
        [7, 64, 8, 8, 64, 3, 1, 1],
        [70, 64, 4, 4, 64, 3, 1, 1],
        [20, 64, 8, 8, 64, 1, 1, 0],
        [5, 64, 8, 8, 128, 3, 2, 1],
        [5, 64, 8, 8, 128, 1, 2, 0],
        [13, 128, 2, 2, 128, 3, 1, 1],
        [6, 96, 1, 1, 80, 3, 1, 1],
        [1, 5, 7, 4, 9, 3, 2, 1],
        [3, 17, 5, 9, 33, 3, 1, 1],
        [4, 16, 3, 3, 7, 5, 1, 2],
        [2, 1, 6, 6, 1, 3, 3, 0],
        [3, 4, 9, 7, 100, 4, 3, 2],
        [2, 2, 11, 6, 33, 5, 1, 1],
        [3, 3, 8, 8, 16, 1, 2, 0],
        [1, 3, 5, 3, 40, 3, 2, 2],
        [8, 32, 2, 2, 16, 3, 2, 1]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void They_compute_what_libtorch_computes(int[] shape, ScalarType type)
    {
        foreach (var values in Enum.GetValues<InputValues>())
        {
            using var work = new Work(shape, type, values);
            using var graph = nn.functional.conv2d(work.InputLeaf, work.WeightLeaf, strides: [work.Stride, work.Stride], padding: [work.Padding, work.Padding]);
            graph.backward([work.Gradient]);

            using var result = work.Run();

            var tolerance = type == ScalarType.Float32 ? 2e-5 : 1e-13;
            AssertClose(graph, result.Output, tolerance);
            AssertClose(work.InputLeaf.grad!, result.InputGradient, tolerance);
            AssertClose(work.WeightLeaf.grad!, result.WeightGradient, tolerance);
            using var bytes = SpikeBytes.Of(work.Input);
            using var fromBytes = ConvolutionKernel.WeightGradient(bytes, work.Gradient, work.Weight, work.Stride, work.Padding);
            AssertSame(result.WeightGradient, fromBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Neither_threads_nor_the_company_of_other_images_change_a_bit(int[] shape, ScalarType type)
    {
        foreach (var values in Enum.GetValues<InputValues>())
        {
            using var work = new Work(shape, type, values);
            AssertNeitherThreadsNorCompanyMatter(work);
        }
    }

    [Fact]
    public void No_images_give_no_outputs_and_a_weight_gradient_of_zeros()
    {
        using var work = new Work([0, 16, 4, 4, 16, 3, 1, 1], ScalarType.Float32, InputValues.Spikes);

        using var result = work.Run();

        Assert.Equal([0, 16, 4, 4], result.Output.shape);
        Assert.Equal([0, 16, 4, 4], result.InputGradient.shape);
        Assert.Equal(0, result.WeightGradient.count_nonzero().item<long>());
    }

    [Fact]
    public void What_is_no_number_spreads_as_far_as_the_kernel_reaches()
    {
        using var work = new Work([2, 16, 5, 5, 16, 3, 1, 1], ScalarType.Float32, InputValues.Sums);
        work.Input[0, 3, 2, 2] = float.NaN;
        work.Input[1, 3, 0, 0] = float.PositiveInfinity;
        using var expected = nn.functional.conv2d(work.Input, work.Weight, padding: [1, 1]);

        using var result = work.Run();

        AssertSame(expected.isfinite(), result.Output.isfinite());
        AssertSame(expected.isnan(), result.Output.isnan());
        using var gradientOfNan = ConvolutionKernel.WeightGradient(work.Input, work.Gradient, work.Weight, 1, 1);
        Assert.True(gradientOfNan[0, 3].isnan().any().item<bool>());
        Assert.False(gradientOfNan[0, 4].isnan().any().item<bool>());
    }

    [Theory]
    [InlineData(1, 7, 2, 3)]
    [InlineData(3, 3, 1, 1)]
    [InlineData(16, 3, 1, 1)]
    public void A_gradient_that_is_not_finite_reaches_only_what_lies_under_the_kernel(int channels, int kernel, int stride, int padding)
    {
        using var work = new Work([2, channels, 16, 16, 16, kernel, stride, padding], ScalarType.Float32, InputValues.Sums);
        work.Gradient[0, 3, 2, 2] = float.PositiveInfinity;
        work.Gradient[1, 5, 4, 3] = float.NaN;
        using var graph = nn.functional.conv2d(work.InputLeaf, work.WeightLeaf, strides: [stride, stride], padding: [padding, padding]);
        graph.backward([work.Gradient]);

        using var result = work.Run();

        AssertSame(work.InputLeaf.grad!.isfinite(), result.InputGradient.isfinite());
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int32)]
    public void Values_of_another_type_than_the_weights_are_refused(ScalarType type)
    {
        using var input = zeros([2, 16, 4, 4], type);
        using var weight = zeros([16, 16, 3, 3]);

        Assert.Throws<ArgumentException>(() => ConvolutionKernel.Forward(input, weight, 1, 1));
    }

    [Fact]
    public void A_kernel_that_is_larger_than_the_image_with_its_zeros_is_refused()
    {
        using var input = zeros([2, 3, 2, 2]);
        using var weight = zeros([16, 3, 5, 5]);

        Assert.Throws<ArgumentOutOfRangeException>(() => ConvolutionKernel.Forward(input, weight, 2, 1));
    }

    [Fact]
    public void Inputs_in_any_order_of_memory_give_the_same_bits()
    {
        using var work = new Work([4, 16, 6, 6, 24, 3, 2, 1], ScalarType.Float32, InputValues.Sums);
        using var strange = work.Input.transpose(0, 3).contiguous().transpose(0, 3);
        using var channelsLast = work.Input.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        using var plain = ConvolutionKernel.Forward(work.Input, work.Weight, 2, 1);
        using var weight = ConvolutionKernel.InKernelOrder(work.Weight);

        using var ofStrange = ConvolutionKernel.Forward(strange, work.Weight, 2, 1);
        using var ofChannelsLast = ConvolutionKernel.Forward(channelsLast, weight, 2, 1);

        AssertSame(plain, ofStrange);
        AssertSame(plain, ofChannelsLast);
        AssertSame(work.Weight, weight);
    }

    private static void AssertNeitherThreadsNorCompanyMatter(Work work)
    {
        using var together = work.Run();
        var threads = get_num_threads();
        try
        {
            set_num_threads(3);
            using var divided = work.Run();
            AssertSame(together.Output, divided.Output);
            AssertSame(together.InputGradient, divided.InputGradient);
            AssertSame(together.WeightGradient, divided.WeightGradient);
        }
        finally
        {
            set_num_threads(threads);
        }

        for (var image = 0; image < work.Input.shape[0]; image++)
        {
            using var alone = work.RunOne(image);
            AssertSame(together.Output[image..(image + 1)], alone.Output);
            AssertSame(together.InputGradient[image..(image + 1)], alone.InputGradient);
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var difference = (expected - actual).abs().max();
        using var largest = expected.abs().max();
        var (off, scale) = (difference.to_type(ScalarType.Float64).item<double>(), largest.to_type(ScalarType.Float64).item<double>());
        Assert.True(off <= tolerance * Math.Max(scale, 1), $"off by {off:e2} of {scale:e2}");
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.eq(actual).all().item<bool>());
    }

    /// <summary>What the inputs are.</summary>
    public enum InputValues
    {
        /// <summary>0 and 1.</summary>
        Spikes,

        /// <summary>0, 1, 2, 3: spikes that residual blocks have added up.</summary>
        Sums,

        /// <summary>1, 2, 3: added up until none is zero.</summary>
        DenseSums,

        /// <summary>Every other image without a zero, the others with spikes.</summary>
        Mixed,

        /// <summary>Numbers of any kind, as the direct code gives.</summary>
        Reals,
    }

    private sealed class Work : IDisposable
    {
        public Work(int[] shape, ScalarType type, InputValues values)
        {
            using var generator = new Generator(7);
            (Stride, Padding) = (shape[6], shape[7]);
            long[] inputShape = [shape[0], shape[1], shape[2], shape[3]];
            using var noise = randn(inputShape, dtype: type, generator: generator);
            Input = values switch
            {
                InputValues.Spikes => noise.gt(0.8).to_type(type),
                InputValues.Sums => noise.clamp_min(0).round(),
                InputValues.DenseSums => noise.abs().ceil(),
                InputValues.Mixed => cat([.. noise.chunk(inputShape[0]).Select((image, number) => number % 2 == 0 ? image.abs().ceil() : image.gt(0.8).to_type(type))]),
                _ => noise.clone(),
            };
            Weight = randn([shape[4], shape[1], shape[5], shape[5]], dtype: type, generator: generator);
            using var output = nn.functional.conv2d(Input, Weight, strides: [Stride, Stride], padding: [Padding, Padding]);
            Gradient = randn(output.shape, dtype: type, generator: generator);
            InputLeaf = Input.detach().clone().requires_grad_();
            WeightLeaf = Weight.detach().clone().requires_grad_();
        }

        public long Stride { get; }

        public long Padding { get; }

        public Tensor Input { get; }

        public Tensor Weight { get; }

        public Tensor Gradient { get; }

        public Tensor InputLeaf { get; }

        public Tensor WeightLeaf { get; }

        public Result Run() => Run(Input, Gradient);

        public Result RunOne(int image) => Run(Input[image..(image + 1)], Gradient[image..(image + 1)]);

        public void Dispose()
        {
            foreach (var tensor in new[] { Input, Weight, Gradient, InputLeaf, WeightLeaf })
            {
                tensor.Dispose();
            }
        }

        private Result Run(Tensor input, Tensor gradient) => new(
            ConvolutionKernel.Forward(input, Weight, Stride, Padding),
            ConvolutionKernel.InputGradient(gradient, Weight, input.shape, Stride, Padding),
            ConvolutionKernel.WeightGradient(input, gradient, Weight, Stride, Padding));
    }

    private sealed record Result(Tensor Output, Tensor InputGradient, Tensor WeightGradient) : IDisposable
    {
        public void Dispose()
        {
            Output.Dispose();
            InputGradient.Dispose();
            WeightGradient.Dispose();
        }
    }
}
