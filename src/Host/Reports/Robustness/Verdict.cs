namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>Whether a network's accuracy under attack may be stated as its robustness; the worst check decides.</summary>
internal enum Verdict
{
    /// <summary>Every check was made that can be, and passed.</summary>
    Reliable,

    /// <summary>Something was not measured, cannot be told, or a stronger attack than the campaign's says the better number.</summary>
    Doubtful,

    /// <summary>A check proves that the accuracy is no bound worth stating.</summary>
    Unreliable,
}
