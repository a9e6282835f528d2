using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>
/// Counts exact zeros and takes norms of the gradients at every operation of one backward pass (REFERENCE: the paper's
/// section on gradient sparsity, and its authors' probes). Figures are taken time step by time step and added up last
/// step first, whatever window the pass runs in, so that they do not depend on it bit for bit.
/// </summary>
public sealed class GradientProbe
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, Sums> _sums = [];

    /// <summary>Records an operation's gradients of a window, both [W, N, …].</summary>
    public void Record(string module, string kind, Tensor inputGradients_WN, Tensor outputGradients_WN)
    {
        for (var step = inputGradients_WN.shape[0] - 1; step >= 0; step--)
        {
            using var inputGradient = inputGradients_WN.select(0, step);
            using var outputGradient = outputGradients_WN.select(0, step);
            RecordStep(module, kind, inputGradient, outputGradient);
        }
    }

    /// <summary>Records an operation's gradients of one time step, both [N, …].</summary>
    public void RecordStep(string module, string kind, Tensor inputGradient, Tensor outputGradient)
    {
        if (!_sums.TryGetValue(module, out var sums))
        {
            _order.Add(module);
            _sums.Add(module, sums = new Sums(kind));
        }

        sums.Input.Add(inputGradient);
        sums.Output.Add(outputGradient);
    }

    /// <summary>What was seen, operations in the order of the forward pass, as one pass.</summary>
    public IReadOnlyList<OperationGradient> Report() =>
        [.. _order.AsEnumerable().Reverse().Select(module => _sums[module].Report(module))];

    private sealed class Sums(string kind)
    {
        public Side Input { get; } = new();

        public Side Output { get; } = new();

        public OperationGradient Report(string module) => new(
            module, kind, Input.Zeros, Input.Elements, Output.Zeros, Output.Elements, Math.Sqrt(Input.Squares), Math.Sqrt(Output.Squares), Passes: 1);
    }

    private sealed class Side
    {
        public long Zeros { get; private set; }

        public long Elements { get; private set; }

        public double Squares { get; private set; }

        public void Add(Tensor gradient)
        {
            var elements = gradient.NumberOfElements;
            using var nonZero = gradient.count_nonzero();
            using var flat = gradient.reshape(-1);
            using var flat_double = flat.to_type(ScalarType.Float64);
            using var squares = flat_double.dot(flat_double);
            Elements += elements;
            Zeros += elements - nonZero.item<long>();
            Squares += squares.item<double>();
        }
    }
}
