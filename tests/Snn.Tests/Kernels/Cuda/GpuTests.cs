using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Tests.Networks;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels.Cuda;

/// <summary>
/// What a machine with a GPU should run first, on a build with <c>-p:TorchDevice=cuda</c>: <c>--filter Category=Gpu</c>. Skipped without one.
/// </summary>
[Trait("Category", "Gpu")]
public sealed class GpuTests
{
    [Fact]
    public void The_kernels_compile_load_and_pass_their_trial()
    {
        SkipWithoutGpu();
        List<string> told = [];

        var kernel = CudaKernels.Prepare(null, CUDA, () => new CudaNeuronKernel(new CudaModule(CudaLibraries.Find(), 0)), told.Add);

        Assert.Equal([], told);
        Assert.NotNull(kernel);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Neurons_on_the_GPU_compute_what_the_processors_kernel_computes(ScalarType type)
    {
        SkipWithoutGpu();
        foreach (var spec in Enum.GetValues<SurrogateKind>().SelectMany(NeuronKernelTests.Specs))
        {
            foreach (var neurons in new long[] { 1, 255, 257, 100_003 })
            {
                using var inputs = linspace(-3, 9, 7 * neurons, type).sin().mul_(1.7).reshape(7, neurons);
                using var gradients = linspace(-1, 1, 7 * neurons, type).reshape(7, neurons);
                var layer = new NeuronLayer("sn", spec);
                var here = Run(layer, inputs, gradients, CPU);
                var there = Run(layer, inputs, gradients, CUDA);

                Assert.Equal(here.Spikes, there.Spikes);
                var tolerance = (type == ScalarType.Float64 ? 1e-12 : 1e-5) * Math.Max(1, here.Gradients.Max(Math.Abs));
                Assert.True(here.Gradients.Zip(there.Gradients).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance), $"gradients differ: {spec}");
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Values_of_16_bits_are_rounded_on_the_GPU_as_libtorch_rounds_them(ScalarType type)
    {
        SkipWithoutGpu();
        using var scope = NewDisposeScope();
        var inputs = linspace(-9, 70_000, 100_003, ScalarType.Float32, CUDA).to_type(type).unsqueeze(0);
        var dynamics = new NeuronDynamics(Leak: 1, Gain: 0.7501f, Drive: 0, Threshold: double.MaxValue, Reset: 0, DetachReset: true);
        using var membrane = new Membrane();

        var (_, charges) = CudaNeuronKernel.For(inputs)!.Forward(dynamics, inputs, membrane, keepCharges: true);

        Assert.Equal(Values((inputs.to_type(ScalarType.Float32) * 0.7501f).to_type(type)), Values(charges!));
    }

    [Theory]
    [InlineData(NetworkFamily.SewResNet, false)]
    [InlineData(NetworkFamily.SewResNet, true)]
    [InlineData(NetworkFamily.SpikingResNet, true)]
    public void A_network_on_the_GPU_computes_what_it_computes_on_a_processor(NetworkFamily family, bool probes)
    {
        SkipWithoutGpu();
        using var inputs = Spikes(timeSteps: 4, images: 3, ScalarType.Float64);
        var request = PassRequest.AdversarialStep(default, 4, probes);
        var here = GradientRun.Of(Group(CPU), request, inputs, Labels(3));
        var there = GradientRun.Of(Group(CUDA), request, inputs, Labels(3), window: 1);

        Assert.All(here.Logits.Zip(there.Logits), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.All(here.InputGradient.Zip(there.InputGradient), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.All(here.Operations.Zip(there.Operations), pair => Assert.Equal(1, (pair.Second.InputNorm + 1) / (pair.First.InputNorm + 1), 1e-9));

        LayerGroup Group(Device device) => Create(Small(family, Precision.Float64)).Group(0, 1, device, new OptimizerSpec());
    }

    private static void SkipWithoutGpu() => Assert.SkipUnless(cuda.is_available(), "there is no GPU, or this libtorch cannot use one");

    /// <summary>Forward and backward on a device, in windows of 3 steps.</summary>
    private static (double[] Spikes, double[] Gradients) Run(NeuronLayer layer, Tensor inputs_TN, Tensor gradients_TN, Device device)
    {
        using var scope = NewDisposeScope();
        using var tape = new PassTape(PassRequest.AdversarialStep(default, (int)inputs_TN.shape[0], probes: false));
        var spikes = inputs_TN.to(device).split(3).Select(inputs => layer.Forward(inputs, tape)).ToArray();
        var gradients = gradients_TN.to(device).split(3).Reverse().Select(gradient => layer.Backward(gradient, tape)!).Reverse().ToArray();
        return (Values(cat(spikes)), Values(cat(gradients)));
    }
}
