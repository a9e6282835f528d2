namespace SpikeTrail.Host.Doctor;

/// <summary>How serious a finding is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Something will be slower, or not possible, but what there is works.</summary>
    Warning,

    /// <summary>SpikeTrail cannot work like this.</summary>
    Problem,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Verdict">Whether it is as it should be.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">How to mend it, where there is something to mend.</param>
internal sealed record Finding(string Subject, Verdict Verdict, string Text, string? Remedy = null)
{
    public static Finding Ok(string subject, string text) => new(subject, Verdict.Ok, text);

    public static Finding Warning(string subject, string text, string remedy) => new(subject, Verdict.Warning, text, remedy);

    public static Finding Problem(string subject, string text, string remedy) => new(subject, Verdict.Problem, text, remedy);
}
