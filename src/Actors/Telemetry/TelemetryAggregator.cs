using System.Text.Json;
using Akka.Actor;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Actors.Telemetry;

/// <summary>
/// Adds journalled facts up to results.json, and the samples among them to samples.json; writes what is not part of the results (when, where, how long, what failed) to
/// provenance.json; passes both facts and progress on to the observer. Only what is in the journal enters the results.
/// </summary>
public sealed class TelemetryAggregator : ReceiveActor
{
    private readonly PreparedCampaign _campaign;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly List<TimingRecord> _timings = [];
    private CampaignState _state = CampaignState.Empty;
    private DateTimeOffset _started;
    private DateTimeOffset? _finished;
    private long _lastFact;

    // Whether results.json lacks something that is known.
    private bool _resultsAreOld;

    public TelemetryAggregator(PreparedCampaign campaign, ICampaignObserver observer)
    {
        _campaign = campaign;
        Receive<ProgressMade>(made => observer.OnProgress(made.Update));
        Receive<FactRecorded>(recorded =>
        {
            _state = _state.Apply(recorded.Fact);
            if (!recorded.Recovered)
            {
                Time(recorded.Fact);
            }

            observer.OnFact(recorded.Fact, recorded.Recovered);
            _resultsAreOld |= recorded is { Recovered: false, Fact: EpochTrained or CellCompleted };
            if (_resultsAreOld && recorded.IsLast)
            {
                // Once for all the cells that a slice completes.
                Write();
            }
            else if (recorded is { Recovered: false, Fact: SamplesTaken })
            {
                WriteSamples();
            }
        });
        Receive<WriteResults>(_ =>
        {
            WriteSamples();
            Sender.Tell(new CampaignEnded(Write(), null));
        });
    }

    private string ProvenancePath => Path.Combine(_campaign.Job.OutputFolder, "provenance.json");

    /// <summary>How to make one.</summary>
    public static Props Props(PreparedCampaign campaign, ICampaignObserver observer) =>
        Akka.Actor.Props.Create(() => new TelemetryAggregator(campaign, observer));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _started = _time.GetUtcNow();
        _lastFact = _time.GetTimestamp();
        if (EarlierProvenance() is { } earlier)
        {
            _started = earlier.Started;
            _finished = earlier.Finished;
            _timings.AddRange(earlier.Timings);
        }
    }

    private void Time(ICampaignFact fact)
    {
        if (fact is EpochCheckpointed or CheckpointRefused)
        {
            // Its time is that of the work it belongs to.
            return;
        }

        var seconds = Math.Round(_time.GetElapsedTime(_lastFact).TotalSeconds, 3);
        _lastFact = _time.GetTimestamp();
        switch (fact)
        {
            case EpochTrained epoch:
                _timings.Add(new TimingRecord($"{epoch.Run} {new TrainEpoch(epoch.Epoch, From: null)}", seconds));
                break;
            case ShardMeasured shard:
                // The first of a slice's has the time of all, which are one piece of work.
                _timings.Add(new TimingRecord($"shard {shard.Shard}", seconds));
                break;
            case SamplesTaken samples:
                _timings.Add(new TimingRecord($"{samples.Run} {new TakeSamples()}", seconds));
                break;
            case LinkMeasured link:
                _timings.Add(new TimingRecord($"link {link.Link}", seconds));
                break;
            default:
                break;
        }
    }

    private CampaignResults Write()
    {
        _resultsAreOld = false;
        var results = ResultsBuilder.Build(_campaign, _state);
        WholeFile.WriteText(Path.Combine(_campaign.Job.OutputFolder, "results.json"), ResultsJson.Write(results));
        WholeFile.WriteText(ProvenancePath, ProvenanceJson.Write(Provenance(results.Campaign.Complete)));
        return results;
    }

    private void WriteSamples()
    {
        if (SamplesBuilder.Build(_campaign, _state) is { } samples)
        {
            WholeFile.WriteText(Path.Combine(_campaign.Job.OutputFolder, "samples.json"), SamplesJson.Write(samples));
        }
    }

    private Provenance Provenance(bool complete)
    {
        using var configuration = JsonDocument.Parse(_campaign.Identity.Json);
        return new Provenance(
            _started,
            complete ? _finished ??= _time.GetUtcNow() : null,
            Environment.MachineName,
            typeof(TelemetryAggregator).Assembly.GetName().Version?.ToString(3) ?? "",
            LibTorch.Version,
            _campaign.Job.Pipeline.Devices,
            _campaign.Job.Pipeline.ThreadsPerGroup,
            configuration.RootElement.Clone(),
            [.. _state.Failures.Select(failure => new FailureRecord(failure.Run.Value, failure.Work, failure.Attempt, failure.Reason, failure.GaveUp))],
            _timings);
    }

    /// <summary>What an earlier sitting wrote; nothing hangs on it, so a damaged file only loses its timings.</summary>
    private Provenance? EarlierProvenance()
    {
        try
        {
            return File.Exists(ProvenancePath) ? ProvenanceJson.Read(File.ReadAllText(ProvenancePath)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
