using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>The gradients of one attack on one shard, added up batch by batch.</summary>
internal sealed class GradientTally
{
    private InputGradient _input = InputGradient.Empty;
    private IReadOnlyList<OperationGradient> _operations = [];
    private IReadOnlyList<WeightGradient> _weights = [];
    private bool[] _vanishing = [];

    /// <summary>Share of exact zeros in the input gradients so far; null before the first.</summary>
    public double? InputZeroFraction => _input.Elements == 0 ? null : (double)_input.Zeros / _input.Elements;

    /// <summary>The gradient where an attack starts on a batch, [N, …], and what the probes saw of it.</summary>
    public void Start(Tensor gradient_N, ProbeReport probes)
    {
        Close();
        _input = _input.Add(InputGradientProbe.Measure(gradient_N));
        _operations = OperationGradient.Add(_operations, probes.Operations);
        _weights = WeightGradient.Add(_weights, probes.Weights);
        _vanishing = InputGradientProbe.Vanishing(gradient_N);
    }

    /// <summary>A later gradient of the same attack on the same batch.</summary>
    public void Continue(Tensor gradient_N) =>
        _vanishing = [.. _vanishing.Zip(InputGradientProbe.Vanishing(gradient_N), (before, now) => before || now)];

    /// <summary>What it all came to.</summary>
    public Measurement Measurement(PassTotals totals, Vulnerability? vulnerability)
    {
        Close();
        return new Measurement(totals.Correct, totals.Images, totals.Loss, _input, _operations, _weights, vulnerability);
    }

    /// <summary>Counts the last batch's images that had no usable gradient at some step.</summary>
    private void Close()
    {
        _input = _input with { VanishingImages = _input.VanishingImages + _vanishing.Count(vanishing => vanishing) };
        _vanishing = [];
    }
}
