namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>What came of a check.</summary>
internal enum CheckOutcome
{
    /// <summary>Nothing was found.</summary>
    Passed,

    /// <summary>It found what it looks for.</summary>
    Failed,

    /// <summary>What it needs is not in the results.</summary>
    NotMeasured,
}

/// <summary>A check of one network under one protocol.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Verdict">The best verdict that this leaves.</param>
/// <param name="What">What the numbers show; where nothing was measured, why not.</param>
/// <param name="Meaning">What that means; empty where it passed.</param>
internal sealed record CheckResult(CheckOutcome Outcome, Verdict Verdict, string What, string Meaning)
{
    public static CheckResult Passed(string what) => new(CheckOutcome.Passed, Verdict.Reliable, what, "");

    public static CheckResult Failed(Verdict verdict, string what, string meaning) => new(CheckOutcome.Failed, verdict, what, meaning);

    public static CheckResult NotMeasured(string why) => new(CheckOutcome.NotMeasured, Verdict.Doubtful, why, "");

    /// <summary>Not measured, and no verdict waits for it.</summary>
    public static CheckResult NotApplicable(string why) => new(CheckOutcome.NotMeasured, Verdict.Reliable, why, "");
}
