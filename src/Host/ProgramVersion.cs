using System.Reflection;

namespace SpikeTrail.Host;

/// <summary>Which SpikeTrail this is.</summary>
internal static class ProgramVersion
{
    /// <summary>The version, with the commit it was built from where that is known.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
