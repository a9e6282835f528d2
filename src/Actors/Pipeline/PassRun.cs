using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// One pass under way in a pipeline of layer-group actors, seen from its two ends: feeds frames in at the first group,
/// reads out at the last, feeds the loss's gradient back, and gathers what comes out at the first.
/// </summary>
/// <param name="pass">The batch and what is wanted.</param>
/// <param name="request">The pass's request with its id.</param>
/// <param name="window">Time steps a frame.</param>
/// <param name="groups">How many layer groups there are.</param>
/// <param name="trace">The span that it is in; the default for none.</param>
internal sealed class PassRun(BatchPass pass, PassRequest request, int window, int groups, ActivityContext trace) : IDisposable
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Activity? _span = Instruments.Begin("pass", trace);
    private readonly List<Frame> _outputs = [];
    private readonly List<Frame> _inputGradients = [];
    private readonly ProbeReport?[] _reports = new ProbeReport?[groups];
    private Prediction? _prediction;

    /// <summary>Whether everything that the pass wants is there.</summary>
    public bool IsDone =>
        _prediction is not null
        && _reports.All(report => report is not null)
        && (!request.InputGradient || Steps(_inputGradients) == request.TimeSteps);

    /// <summary>Sends the request and the encoded batch on their way.</summary>
    public void Begin(IActorRef firstGroup, FrameExchange frames)
    {
        firstGroup.Tell(request);
        foreach (var frame in Frame.Split(pass.Inputs_TN, window))
        {
            frames.Send(new SpikeFrame(request.Id, frame.Time, new TensorLease(frame.Values_WN)));
        }
    }

    /// <summary>Takes a frame of the last group; after the last one reads out, and sends the gradient back where it is wanted.</summary>
    public void OnOutput(IFrame output, FrameExchange frames)
    {
        _outputs.Add(new Frame(output.Time, output.Content.Take()));
        if (Steps(_outputs) < request.TimeSteps)
        {
            return;
        }

        _prediction = Prediction.From(_outputs, pass.Labels, request.Batches);
        if (request.Backward)
        {
            foreach (var gradient in _prediction.GradientFrames(request, window))
            {
                frames.Send(new GradientFrame(request.Id, gradient.Time, new TensorLease(gradient.Values_WN)));
            }
        }
    }

    /// <summary>Takes a gradient frame of the first group.</summary>
    public void OnInputGradient(IFrame gradient) => _inputGradients.Add(new Frame(gradient.Time, gradient.Content.Take()));

    /// <summary>A layer group is done.</summary>
    public void OnReport(GradientReport report) => _reports[report.Group] = report.Probes;

    /// <summary>Leaves the outcome in the pass.</summary>
    public void Complete()
    {
        var inputGradients = _inputGradients.Count == 0 ? null : Frame.Join(_inputGradients).DetachFromDisposeScope();
        pass.Outcome = new BatchOutcome(_prediction!, inputGradients, ProbeReport.Concat(_reports!));
        _prediction = null;
        Measure();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _outputs.ForEach(frame => frame.Dispose());
        _inputGradients.ForEach(frame => frame.Dispose());
        _prediction?.Dispose();
        _span?.Dispose();
    }

    private void Measure()
    {
        if (_span is null && !Instruments.PassDuration.Enabled)
        {
            return;
        }

        var (purpose, images) = (KeyValuePair.Create("purpose", (object?)request.Purpose.ToString()), pass.Labels.Count);
        Instruments.PassDuration.Record(Stopwatch.GetElapsedTime(_begun).TotalSeconds, purpose);
        Instruments.Images.Add(images, purpose);
        _span?.SetTag("spiketrail.pass", request.Id.Value).SetTag("spiketrail.purpose", purpose.Value).SetTag("spiketrail.images", images);
    }

    private static int Steps(List<Frame> frames) => frames.Sum(frame => frame.Time.Count);
}
