namespace SpikeTrail.ChaosCampaign;

/// <summary>What a campaign is at.</summary>
public enum Phase
{
    /// <summary>Passes of an epoch or of the test after it.</summary>
    Training,

    /// <summary>A checkpoint or a link's statistics are being written, or are written and not journalled yet.</summary>
    Checkpointing,

    /// <summary>A fact is being written.</summary>
    Journalling,

    /// <summary>Passes of a shard or a link.</summary>
    Attacking,
}
