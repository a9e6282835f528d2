using System.Runtime.CompilerServices;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Tests.Campaigns;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Nodes;

public sealed class CampaignLibraryTests
{
    [Fact]
    public void A_campaign_is_in_memory_once_and_for_as_long_as_somebody_holds_it()
    {
        using var folder = new TemporaryFolder();
        var library = new CampaignLibrary(folder.Path, dataFolder: null);
        var held = Prepare(library, "held");
        var released = PrepareAndRelease(library, "released");

        GC.Collect();

        Assert.False(released.TryGetTarget(out _));
        Assert.Same(held, Prepare(library, "held"));
    }

    // Not inlined: nothing in the caller's frame is to hold the campaign.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<PreparedCampaign> PrepareAndRelease(CampaignLibrary library, string name) => new(Prepare(library, name));

    private static PreparedCampaign Prepare(CampaignLibrary library, string name) => library.Prepare(new CampaignId(name), TinyCampaign.Spec, TinyCampaign.Layout);
}
