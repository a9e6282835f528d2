using System.Collections.Concurrent;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>
/// Each device's kernels, made when it first computes. They are used only after a trial: where something is missing, refuses, or gives
/// other results than a processor, one line says so, and libtorch's operations do the work.
/// </summary>
internal static class CudaKernels
{
    /// <summary>The environment variable that turns them off (<c>off</c>) or lets them be (<c>on</c>, or not set).</summary>
    public const string Variable = "SPIKETRAIL_CUDA_KERNELS";

    private static readonly ConcurrentDictionary<int, Lazy<CudaNeuronKernel?>> Devices = new();

    /// <summary>A device's kernels; null where there are none.</summary>
    /// <param name="number">The device's number.</param>
    public static CudaNeuronKernel? Of(int number) => Devices.GetOrAdd(number, key => new(() => Prepare(
        Environment.GetEnvironmentVariable(Variable), $"cuda:{key}", () => new CudaNeuronKernel(new CudaModule(CudaLibraries.Find(), key)), Console.Error.WriteLine))).Value;

    /// <summary>Makes a device's kernels, unless the setting says no, and tries them. A failure is told in one line.</summary>
    /// <param name="setting">What the variable holds.</param>
    /// <param name="device">The device on which they are tried.</param>
    /// <param name="make">Makes them.</param>
    /// <param name="tell">Where the line goes.</param>
    public static CudaNeuronKernel? Prepare(string? setting, Device device, Func<CudaNeuronKernel> make, Action<string> tell)
    {
        try
        {
            switch (setting)
            {
                case "off":
                    return null;
                case null or "" or "on":
                    var kernel = make();
                    Try(kernel, device);
                    return kernel;
                default:
                    throw new CudaException($"{Variable} is {setting}; expected on or off");
            }
        }
        // Whatever it is, libtorch can still compute.
        catch (Exception exception)
        {
            tell($"note: neurons on {device} are left to libtorch's operations, which is slower: {exception.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    /// <summary>Runs a few neurons forward and back on the device and on a processor: of each type, with each reset and surrogate.</summary>
    private static void Try(CudaNeuronKernel kernel, Device device)
    {
        using var scope = NewDisposeScope();
        var trials = from type in new[] { ScalarType.Float32, ScalarType.Float64 }
                     from reset in new double?[] { 0.25, null }
                     from surrogate in Enum.GetValues<SurrogateKind>()
                     select (type, reset, surrogate);
        foreach (var (type, reset, surrogate) in trials)
        {
            var spec = new NeuronSpec { Kind = NeuronKind.Lif, Reset = reset, DetachReset = false, Surrogate = new SurrogateSpec { Kind = surrogate } };
            var dynamics = NeuronDynamics.Of(spec);

            // More than one block of threads, the last one not full, and inputs that make neurons fire at some steps.
            var inputs_WN = linspace(-1, 4, 5 * 301, type).sin().mul_(2).reshape(5, 301);
            var gradients_WN = linspace(-1, 1, 5 * 301, type).reshape(5, 301);
            using Membrane here = new(), there = new();
            var (spikes, charges) = NeuronKernel.Forward(dynamics, inputs_WN, here, keepCharges: true);
            var (expected, _) = NeuronKernel.Backward(dynamics, spec.Surrogate, charges!, gradients_WN, here, probed: false);
            var (deviceSpikes, deviceCharges) = kernel.Forward(dynamics, inputs_WN.to(device), there, keepCharges: true);
            var (found, _) = kernel.Backward(dynamics, spec.Surrogate, deviceCharges!, gradients_WN.to(device), there, probed: false);
            if (!deviceSpikes.cpu().Equals(spikes) || !found.cpu().allclose(expected, rtol: 1e-5, atol: 1e-6))
            {
                throw new CudaException($"in a trial with {type} they gave other results than a processor");
            }
        }
    }
}
