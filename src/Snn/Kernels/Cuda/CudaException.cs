namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>The CUDA kernels cannot be had, or a call of NVRTC or the driver failed.</summary>
/// <param name="message">Which, and what it said.</param>
internal sealed class CudaException(string message) : Exception(message);
