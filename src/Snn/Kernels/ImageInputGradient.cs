using System.Numerics;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The input gradient of a convolution of few channels, as that of a network's own images. Where the kernel steps by two pixels, a row of the
/// image is reached by every other row of the kernel only: each such phase is one dense product of the gradients above that row, added
/// to what lies under the kernel there. An image's bits depend neither on the others in the call nor on the number of threads.
/// </summary>
internal static unsafe class ImageInputGradient
{
    /// <summary>Computes.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="gradients">dL/doutputs, [M, H', W', K].</param>
    /// <param name="weights">[kernel, kernel, C, K].</param>
    /// <param name="inputGradients">[M, H, W, C], written.</param>
    public static void Compute<T>(ConvolutionShape shape, T* gradients, T* weights, T* inputGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var padded = new PaddedImage<T>(shape);
        var rows = new GradientRows<T>(shape);
        using var panels = new Scratch<T>((long)shape.Kernel * padded.WholeRow * shape.Outputs);
        var phases = new Phase<T>[shape.Stride];
        var panel = panels.Start;
        for (var number = 0; number < phases.Length; number++)
        {
            phases[number] = new Phase<T>(padded, rows, number, weights, panel);
            panel += phases[number].PanelSize;
        }

        ThreadTeam.Run(shape.Images, (first, last) =>
        {
            using var padded_gradients = new Scratch<T>(rows.Size);
            using var padded_image = new Scratch<T>(padded.Size);
            using var sums = new Scratch<T>(phases.Max(phase => phase.SumsSize));
            for (var image = first; image < last; image++)
            {
                rows.Fill(gradients + ((long)image * padded.OutputSize), padded_gradients.Start);
                padded.Clear(padded_image.Start);
                foreach (var phase in phases)
                {
                    phase.Add(padded_gradients.Start, sums.Start, padded_image.Start);
                }

                padded.Crop(padded_image.Start, inputGradients + (image * padded.ImageSize));
            }
        });
    }

    /// <summary>An image's gradients with rows of zeros above and below, for rows of the kernel that reach beyond.</summary>
    private readonly struct GradientRows<T>(ConvolutionShape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int _above = (shape.Kernel - 1) / shape.Stride;
        private readonly int _below = Math.Max(0, ((shape.Height - 1 + shape.Padding) / shape.Stride) - shape.OutputHeight + 1);

        public int Row { get; } = shape.OutputWidth * shape.Outputs;

        public int Size => (_above + shape.OutputHeight + _below) * Row;

        public int At(int y, int x) => ((y + _above) * Row) + (x * shape.Outputs);

        public void Fill(T* gradients, T* rows)
        {
            var size = shape.OutputHeight * Row;
            new Span<T>(rows, _above * Row).Clear();
            new Span<T>(gradients, size).CopyTo(new Span<T>(rows + (_above * Row), size));
            new Span<T>(rows + (_above * Row) + size, _below * Row).Clear();
        }
    }

    /// <summary>Those rows of the kernel that are a stride apart, and the rows of the image that they reach.</summary>
    private sealed class Phase<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly PaddedImage<T> _padded;
        private readonly Walk _walk;
        private readonly (int From, int To)[] _joins;

        // [block of values under a row of the kernel, row of the kernel, K, values of the block].
        private readonly T* _panels;

        public Phase(PaddedImage<T> padded, GradientRows<T> rows, int number, T* weights, T* panels)
        {
            var shape = padded.Shape;
            _padded = padded;
            _panels = panels;
            var kernelRows = Math.Max(0, (shape.Kernel - number + shape.Stride - 1) / shape.Stride);
            _walk = new Walk(Runs: kernelRows, Apart: -rows.Row, Length: shape.Outputs, Step: 1);

            _joins =
            [
                .. from y in Enumerable.Range(shape.Padding, shape.Height)
                   where y % shape.Stride == number
                   from x in Enumerable.Range(0, shape.OutputWidth)
                   select (rows.At(y / shape.Stride, x), padded.At(y, x * shape.Stride)),
            ];
            Turn(weights, number);
        }

        /// <summary>Values of the sums of one image, a row of the kernel for each pixel.</summary>
        public int SumsSize => _joins.Length * _padded.WholeRow;

        /// <summary>Values of its weights.</summary>
        public int PanelSize => _walk.Runs * _padded.WholeRow * _padded.Shape.Outputs;

        /// <summary>Adds an image's gradients.</summary>
        /// <param name="gradients">The gradients between their rows of zeros.</param>
        /// <param name="sums">Room for <see cref="SumsSize"/> values.</param>
        /// <param name="image">The padded image.</param>
        public void Add(T* gradients, T* sums, T* image)
        {
            var size = _padded.WholeRow;
            new Span<T>(sums, SumsSize).Clear();
            for (var value = 0; value < size; value += Columns<T>.BlockAt(value, size))
            {
                var block = Columns<T>.BlockAt(value, size);
                var rows = new DenseRows<T>(block, _walk, PanelOf(value), block);
                for (var join = 0; join < _joins.Length; join++)
                {
                    rows.Add(gradients + _joins[join].From, sums + (join * size) + value);
                }

                rows.End();
            }

            for (var join = 0; join < _joins.Length; join++)
            {
                Add(sums + (join * size), image + _joins[join].To, _padded.Row);
            }
        }

        // What lies beyond the kernel's row is no sum of this pixel: of a gradient that is not finite it would be no zero.
        private static void Add(T* sums, T* image, int count)
        {
            var i = 0;
            for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                (Vector512.Load(image + i) + Vector512.Load(sums + i)).Store(image + i);
            }

            for (; i < count; i++)
            {
                image[i] += sums[i];
            }
        }

        private T* PanelOf(int value) => _panels + ((long)_walk.Runs * _padded.Shape.Outputs * Columns<T>.StartOfBlock(value, _padded.WholeRow));

        private void Turn(T* weights, int number)
        {
            var (stride, outputs) = (_padded.Shape.Stride, _padded.Shape.Outputs);
            new Span<T>(_panels, PanelSize).Clear();
            for (var row = 0; row < _walk.Runs; row++)
            {
                for (var value = 0; value < _padded.Row; value++)
                {
                    var block = Columns<T>.BlockAt(value, _padded.WholeRow);
                    var from = weights + (((((long)row * stride) + number) * _padded.Row) + value) * outputs;
                    var to = PanelOf(value) + ((long)row * outputs * block) + (value % block);
                    for (var output = 0; output < outputs; output++)
                    {
                        to[output * block] = from[output];
                    }
                }
            }
        }
    }
}
