using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A campaign as the registry knows it: what was handed in, what operators want, and what its supervisor last said.</summary>
/// <param name="submitted">What was handed in.</param>
internal sealed class CampaignEntry(CampaignSubmitted submitted)
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Dictionary<IActorRef, long> _followers = [];
    private CampaignOrder _order = CampaignOrder.Run;
    private CampaignDetails? _settled;

    /// <summary>What was handed in.</summary>
    public CampaignSubmitted Submitted => submitted;

    /// <summary>Its name.</summary>
    public CampaignId Id => submitted.Campaign;

    /// <summary>Whether it is to be worked on.</summary>
    public bool IsToRun => _order == CampaignOrder.Run && _settled is null;

    /// <summary>Whether its data are being loaded.</summary>
    public bool IsPreparing { get; set; }

    /// <summary>Its supervisor, while it is worked on.</summary>
    public IActorRef? Supervisor { get; set; }

    /// <summary>Whether its supervisor was told to stop, whatever has been ordered since.</summary>
    public bool IsStopping { get; set; }

    /// <summary>How often its supervisor was started again since it last said something.</summary>
    public int Restarts { get; set; }

    /// <summary>What is wrong just now.</summary>
    public string? Trouble { get; set; }

    /// <summary>What its supervisor last said.</summary>
    public CampaignDetails LastDetails { get; private set; } =
        new(new CampaignSummary(submitted.Campaign, CampaignStanding.Waiting, 0, 0, 0, null), [], [], []);

    /// <summary>How it is, at length.</summary>
    public CampaignDetails Details => _settled ?? LastDetails with { Summary = Summary, Pipelines = Supervisor is null ? [] : LastDetails.Pipelines };

    /// <summary>How it is, in short.</summary>
    public CampaignSummary Summary => _settled?.Summary ?? LastDetails.Summary with
    {
        Standing = (_order, Supervisor) switch
        {
            (CampaignOrder.Pause, _) => CampaignStanding.Paused,
            (CampaignOrder.Cancel, _) => CampaignStanding.Cancelled,
            (_, null) => CampaignStanding.Waiting,
            _ => LastDetails.Summary.Standing,
        },
        Note = Trouble ?? (IsPreparing ? "loading its data" : LastDetails.Summary.Note),
    };

    /// <summary>Takes a fact in.</summary>
    public void Learn(IRegistryFact fact)
    {
        switch (fact)
        {
            case CampaignOrdered ordered:
                (_order, _settled, Trouble, Restarts) = (ordered.Order, null, null, 0);
                LastDetails = LastDetails with { Summary = LastDetails.Summary with { Standing = CampaignStanding.Waiting, Note = null } };
                break;
            case CampaignSettled settled:
                (_settled, LastDetails) = (settled.Details, settled.Details);
                break;
        }
    }

    /// <summary>Takes what a supervisor says of it.</summary>
    public void OnDetails(IActorRef supervisor, CampaignDetails details)
    {
        if (supervisor.Equals(Supervisor))
        {
            (LastDetails, Trouble) = (details, null);
        }
    }

    /// <summary>Has somebody hear of it for a while; true if it is news.</summary>
    public bool Follow(IActorRef follower)
    {
        Prune();
        var isNew = !_followers.ContainsKey(follower);
        _followers[follower] = _time.GetTimestamp();
        return isNew;
    }

    /// <summary>Tells those who follow it.</summary>
    public void Tell(object news)
    {
        Prune();
        foreach (var follower in _followers.Keys)
        {
            follower.Tell(news);
        }
    }

    private void Prune()
    {
        foreach (var (follower, _) in _followers.Where(pair => _time.GetElapsedTime(pair.Value) > FollowCampaign.Lifetime).ToList())
        {
            _followers.Remove(follower);
        }
    }
}
