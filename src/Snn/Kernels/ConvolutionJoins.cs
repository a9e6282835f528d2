using System.Collections.Concurrent;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Which pixels the pixels of a kernel (taps) join, row by row in images. At 2×2 pixels most taps of a padded 3×3 kernel join none: kernels compute only
/// what is joined. Made once for all convolutions of such sizes.
/// </summary>
internal sealed class ConvolutionJoins
{
    private static readonly ConcurrentDictionary<ConvolutionShape, ConvolutionJoins> Known = [];

    private ConvolutionJoins(ConvolutionShape shape)
    {
        var pixels = Enumerable.Range(0, shape.Height * shape.Width);
        var taps = Enumerable.Range(0, shape.Taps);
        Reached = [.. pixels.Select(input => taps.Select(tap => (Tap: tap, Output: shape.Reach(input, tap))).Where(join => join.Output >= 0).ToArray())];
        Forward = [.. taps.Select(tap => pixels.SelectMany(input => Reached[input].Where(join => join.Tap == tap).Select(join => (input, join.Output))).ToArray())];
        Backward = [.. Forward.Select(joins => joins.Select(join => (join.Output, join.Input)).ToArray())];
    }

    /// <summary>Of each tap, the input pixels in their order, each with the output pixel that it reaches through the tap.</summary>
    public (int Input, int Output)[][] Forward { get; }

    /// <summary>The same the other way round.</summary>
    public (int Output, int Input)[][] Backward { get; }

    /// <summary>Of each input pixel, the output pixels that it reaches, and the taps through which it does.</summary>
    public (int Tap, int Output)[][] Reached { get; }

    /// <summary>The joins of a convolution; they depend neither on its channels nor on its images.</summary>
    public static ConvolutionJoins Of(ConvolutionShape shape) =>
        Known.GetOrAdd(shape with { Images = 0, Inputs = 0, Outputs = 0 }, key => new ConvolutionJoins(key));
}
