using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// One pass through one layer group. Frames are computed as they come and let go at once, unless batch statistics make
/// the group a barrier: then it gathers T steps, computes them as one, and lets as many frames go as came in. A training pass
/// updates each weight as soon as its gradient is complete, on the way back.
/// </summary>
public sealed class LayerGroupPass : IDisposable
{
    private readonly LayerGroup _group;
    private readonly PassTape _tape;
    private readonly bool _barrier;
    private readonly Action<Parameter, Tensor>? _inspect;
    private readonly Dictionary<Parameter, WeightGradient> _measured = [];
    private readonly List<Frame> _gathered = [];
    private readonly List<TimeRange> _owed = [];
    private int _stepsForward;
    private int _stepsBackward;
    private bool _updated;
    private bool _complete;

    internal LayerGroupPass(LayerGroup group, PassRequest request, Action<Parameter, Tensor>? inspect) =>
        (_group, _tape, _barrier, _inspect) = (group, new PassTape(request, Use), group.IsBarrier(request), inspect);

    /// <summary>What the pass wants.</summary>
    public PassRequest Request => _tape.Request;

    /// <summary>Whether the group has done all that the pass wants of it.</summary>
    public bool IsDone => (Request.Backward ? _stepsBackward : _stepsForward) == Request.TimeSteps;

    /// <summary>Bytes of what backward keeps.</summary>
    public long SavedBytes => _tape.SavedBytes;

    /// <summary>Takes a frame, [W, N, …], in and over; gives back the frames that can go on to the next group: none, one, or T steps' worth.</summary>
    public IReadOnlyList<Frame> Forward(Frame frame)
    {
        Expect(frame.Time.Start == _stepsForward && frame.Time.End <= Request.TimeSteps, frame, $"a frame from t={_stepsForward}");
        _stepsForward = frame.Time.End;
        return Through(frame, _group.Body.Forward, _stepsForward == Request.TimeSteps);
    }

    /// <summary>
    /// Takes a gradient frame, [W, N, …], in and over, in the reverse order of the forward frames and with the same
    /// windows; gives back the gradient frames that can go on to the group before. None at the network's input unless
    /// the pass wants its gradient.
    /// </summary>
    public IReadOnlyList<Frame> Backward(Frame gradient)
    {
        Expect(Request.Backward && _stepsForward == Request.TimeSteps && gradient.Time.End == Request.TimeSteps - _stepsBackward, gradient, $"a gradient frame up to t={Request.TimeSteps - _stepsBackward - 1} after all frames");
        _stepsBackward += gradient.Time.Count;
        return Through(gradient, _group.Body.Backward, _stepsBackward == Request.TimeSteps);
    }

    /// <summary>Ends a pass that is done: reports what the probes saw.</summary>
    public ProbeReport Complete()
    {
        if (!IsDone)
        {
            throw new InvalidOperationException($"{_group} is not done with {Request.Id}");
        }

        _complete = true;
        return new ProbeReport(
            _tape.Probe?.Report() ?? [],
            [.. _group.Parameters.Where(_measured.ContainsKey).Select(weight => _measured[weight])],
            _tape.Spikes?.Report() ?? []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_updated && !_complete)
        {
            _group.GiveUp();
        }

        _gathered.ForEach(frame => frame.Dispose());
        _tape.Dispose();
    }

    private void Use(Parameter weight, Tensor gradient)
    {
        _inspect?.Invoke(weight, gradient);
        if (Request.Purpose == PassPurpose.Training)
        {
            _updated = true;
            _group.Update(weight, gradient, Request.LearningRate);
        }
        else
        {
            _measured.Add(weight, WeightProbe.Measure(weight.Key, gradient));
        }
    }

    private IReadOnlyList<Frame> Through(Frame frame, Func<Tensor, PassTape, Tensor?> compute, bool last)
    {
        _gathered.Add(frame);
        if (_barrier && !last)
        {
            return [];
        }

        using var joined = Frame.Join(_gathered);
        _owed.AddRange(_gathered.Select(gathered => gathered.Time));
        _gathered.ForEach(gathered => gathered.Dispose());
        _gathered.Clear();

        using var inputs = _group.OnDevice(joined);
        using var outputs = compute(inputs, _tape);
        if (outputs is null)
        {
            return [];
        }

        var start = _owed.Min(time => time.Start);
        var frames = _owed.Select(time => new Frame(time, outputs.narrow(0, time.Start - start, time.Count))).ToList();
        _owed.Clear();
        return frames;
    }

    private void Expect(bool condition, Frame frame, string expected)
    {
        if (!condition)
        {
            using (frame)
            {
                throw new InvalidOperationException($"{_group}, {Request.Id}: expected {expected}, got {frame.Time}");
            }
        }
    }
}
