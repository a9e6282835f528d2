using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using SpikeTrail.Snn.Native;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels.Cuda;

/// <summary>How the CUDA kernels are compiled, tried, launched, and done without.</summary>
public sealed class CudaKernelsTests(HostGpu gpu) : IClassFixture<HostGpu>
{
    private readonly List<string> _told = [];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("on")]
    public void Kernels_that_pass_their_trial_are_used_without_a_word(string? setting)
    {
        Assert.NotNull(Prepare(setting, device: 0));
        Assert.Empty(_told);
    }

    [Fact]
    public void Turned_off_they_are_not_even_looked_for()
    {
        Assert.Null(CudaKernels.Prepare("off", CPU, () => throw new InvalidOperationException(), _told.Add));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("yes", 0, "SPIKETRAIL_CUDA_KERNELS is yes; expected on or off")]
    [InlineData(null, 1, "NVRTC does not compile the kernels for sm_00 (error 5): nvrtc: error:  invalid value for --gpu-architecture")]
    [InlineData(null, 2, "in a trial with Float32 they gave other results than a processor")]
    [InlineData(null, 3, "cuDeviceGet failed (error 101: a driver's words)")]
    public void Where_they_cannot_be_used_one_line_says_why(string? setting, int device, string reason)
    {
        Assert.Null(Prepare(setting, device));
        Assert.Equal($"note: neurons on cpu are left to libtorch's operations, which is slower: {reason}", Assert.Single(_told));
    }

    [Fact]
    public void A_machine_without_CUDA_is_such_a_case()
    {
        Assert.SkipWhen(cuda.is_available(), "there is a GPU");

        Assert.Null(CudaKernels.Prepare(null, CPU, () => new CudaNeuronKernel(new CudaModule(CudaLibraries.Find(), 0)), _told.Add));
        Assert.Contains("cannot be loaded", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_not_on_a_GPU_has_none()
    {
        using var tensor = ones(3);

        Assert.Null(CudaNeuronKernel.For(tensor));
    }

    [Fact]
    public void The_source_compiles_with_NVRTC_for_every_type()
    {
        var compiler = CudaLibraries.FindCompiler(LibTorch.Location ?? "");
        Assert.SkipWhen(compiler is null, "there is no NVRTC");

        foreach (var architecture in new[] { "sm_80", "sm_90" })
        {
            Assert.Equal("\u007fELF"u8.ToArray(), Nvrtc.Compile(compiler.Value, Nvrtc.Source, architecture)[..4]);
        }

        foreach (var type in CudaModule.Types)
        {
            Assert.Contains($", {type.ToString().ToLowerInvariant()})", Nvrtc.Source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Arguments_have_the_size_that_the_source_expects()
    {
        Assert.Equal(104, Unsafe.SizeOf<NeuronArguments>());
        Assert.Equal(152, Unsafe.SizeOf<ForwardArguments>());
        Assert.Equal(160, Unsafe.SizeOf<BackwardArguments>());
    }

    [Fact]
    public void Arguments_are_the_neurons_constants_and_the_surrogates()
    {
        var dynamics = new NeuronDynamics(Leak: 0.5, Gain: 0.25, Drive: 0.125, Threshold: 2, Reset: 0.75, DetachReset: true);

        var hard = NeuronArguments.Of(dynamics, new SurrogateSpec(SurrogateKind.Triangle, 4), steps: 3, count: 5_000_000_000);
        var soft = NeuronArguments.Of(dynamics with { Reset = null, DetachReset = false }, new SurrogateSpec(SurrogateKind.Rect, 4), steps: 3, count: 7);

        Assert.Equal(new NeuronArguments(3, 5_000_000_000, 1, 1, 0.5, 0.25, 0.125, 2, 0.75, 0.25, -0.0625, 2, 1, 1), hard);
        Assert.Equal(new NeuronArguments(3, 7, 1, 1, 0.5, 0.25, 0.125, 2, 0, 4, 0.125, 3, 0, 0), soft);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(4_294_967_297, 16_777_217)]
    [InlineData(549_755_813_632, 2_147_483_647)]
    public void Every_neuron_has_a_thread_even_beyond_32_bits(long neurons, uint blocks)
    {
        Assert.Equal(new LaunchSize(blocks, 256), LaunchSize.For(neurons));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(549_755_813_633)]
    public void A_launch_of_nothing_or_of_more_than_a_grid_holds_is_refused(long neurons)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LaunchSize.For(neurons));
    }

    [Fact]
    public void A_tensors_place_in_memory_is_where_its_values_begin()
    {
        using var all = arange(10, ScalarType.Float32);
        using var some = all.narrow(0, 4, 3);

        Assert.Equal(0, DeviceMemory.Of(null));
        Assert.Equal(DeviceMemory.Of(all) + 16, DeviceMemory.Of(some));
        Assert.Equal(4f, Marshal.PtrToStructure<float>(DeviceMemory.Of(some)));
    }

    private CudaNeuronKernel? Prepare(string? setting, int device)
    {
        gpu.SkipIfMissing();
        return CudaKernels.Prepare(setting, CPU, () => gpu.Kernel(device), _told.Add);
    }
}
