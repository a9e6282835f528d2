namespace SpikeTrail.Snn.Networks;

/// <summary>The geometry that convolutions and pools share.</summary>
internal static class Window
{
    public static long Steps(long size, long kernel, long stride, long padding) => (size + 2 * padding - kernel) / stride + 1;

    public static IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape, long kernel, long stride, long padding) =>
        [inputShape[0], Steps(inputShape[1], kernel, stride, padding), Steps(inputShape[2], kernel, stride, padding)];

    public static long Cost(IReadOnlyList<long> inputShape, long kernel, long stride, long padding) =>
        OutputShape(inputShape, kernel, stride, padding).Aggregate(kernel * kernel, (a, b) => a * b);
}
