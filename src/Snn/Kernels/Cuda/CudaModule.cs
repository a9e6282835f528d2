using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>The kernels of <c>neurons.cu</c> on one device.</summary>
internal sealed unsafe class CudaModule
{
    private readonly int _number;
    private readonly CudaDriver _driver;
    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<int, nint*, int> _currentStream;
    private readonly Dictionary<string, nint> _kernels;

    /// <summary>Compiles the kernels for a device and loads them there.</summary>
    /// <param name="libraries">What they are compiled and launched with.</param>
    /// <param name="number">The device's number.</param>
    /// <exception cref="CudaException">Something is missing or refuses.</exception>
    public CudaModule(CudaLibraries libraries, int number)
    {
        _number = number;
        _driver = new CudaDriver(libraries.Driver);
        // libtorch's C interface for compiled models, which stays as it is from version to version.
        _currentStream = (delegate* unmanaged[Cdecl]<int, nint*, int>)CudaLibraries.Function(libraries.Torch, "aoti_torch_get_current_cuda_stream");
        var device = _driver.Device(number);
        var cubin = Nvrtc.Compile(libraries.Compiler, Nvrtc.Source, _driver.Architecture(device));
        _context = _driver.PrimaryContext(device);
        Dictionary<string, nint> kernels = [];
        _driver.Within(_context, () =>
        {
            var module = _driver.LoadModule(cubin);
            foreach (var name in from way in new[] { "forward", "backward" } from type in Types select KernelName(way, type))
            {
                kernels.Add(name, _driver.Kernel(module, name));
            }
        });
        _kernels = kernels;
    }

    /// <summary>The types of tensors that there are kernels for.</summary>
    public static IReadOnlyList<ScalarType> Types { get; } = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    /// <summary>Starts the forward kernel after what the calling thread has asked of libtorch so far; what it asks next comes after it.</summary>
    public void Forward(ScalarType type, ForwardArguments arguments) => Launch(KernelName("forward", type), arguments.Neurons.Count, &arguments);

    /// <summary>The same with the backward kernel.</summary>
    public void Backward(ScalarType type, BackwardArguments arguments) => Launch(KernelName("backward", type), arguments.Neurons.Count, &arguments);

    private static string KernelName(string way, ScalarType type) => $"{way}_{type.ToString().ToLowerInvariant()}";

    private void Launch(string kernel, long neurons, void* argument)
    {
        var stream = CurrentStream();
        _driver.Within(_context, () => _driver.Launch(_kernels[kernel], LaunchSize.For(neurons), stream, argument));
    }

    /// <summary>The stream on which libtorch computes on the device, for the calling thread. Nothing here sets another than the default one.</summary>
    private nint CurrentStream()
    {
        nint stream;
        return _currentStream(_number, &stream) == 0 ? stream : throw new CudaException($"libtorch does not tell its stream on cuda:{_number}");
    }
}
