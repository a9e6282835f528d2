using Akka.Actor;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Placement;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Nodes;

/// <summary>What a worker works with, and how it turns what it is asked for into actors.</summary>
/// <param name="Node">Its node's address, such as <c>127.0.0.1:4053</c>; <see cref="LocalNode"/> where there is no cluster.</param>
/// <param name="Devices">What it offers.</param>
/// <param name="Library">The campaigns it has made ready.</param>
/// <param name="LayerGroup">How layer-group actors are made; <see cref="LayerGroupActor.Props"/> but in tests.</param>
public sealed record WorkerPlan(string Node, IReadOnlyList<DeviceOffer> Devices, CampaignLibrary Library, Func<LayerGroupPlan, Props> LayerGroup)
{
    private readonly Lock _measuring = new();

    /// <summary>What a machine without a cluster calls itself.</summary>
    public const string LocalNode = "local";

    /// <summary>
    /// What a pipeline works on, and where its layer groups go: the campaign's data are loaded where nothing here has yet, and
    /// a network that goes on several devices is measured.
    /// </summary>
    /// <exception cref="InputException">This node cannot compute the campaign, or would compute another.</exception>
    internal (PreparedCampaign Campaign, RunContext Context, PlacementPlan? Placement) Prepare(OpenPipeline open)
    {
        var campaign = Library.Prepare(open.Campaign, open.Spec, open.Layout);
        if (campaign.Identity.Hash != open.ConfigurationHash)
        {
            throw new InputException($"{Node}: makes another campaign of {open.Campaign}'s configuration; do all nodes run the same version of SpikeTrail?");
        }

        // The layout is no part of the identity: a campaign that goes on in another one finds its data loaded.
        var context = campaign.Runs.Single(run => run.Id == open.Run).Context with { Pipeline = open.Layout };
        return (campaign, context, Place(open, context));
    }

    /// <summary>As the operator wants it; else, over several devices, by what the layers take here; null for all on the one device.</summary>
    private PlacementPlan? Place(OpenPipeline open, RunContext context)
    {
        var wanted = open.Groups ?? context.Pipeline.Placement?.Select(place => DeviceId.Parse(place)!.Value).ToList();
        if (open.Places.Count == 1 && wanted is null)
        {
            return null;
        }

        // Only one at a time is measured here: side by side they would take each other's time.
        lock (_measuring)
        {
            var blocks = context.MeasureBlocks(open.Places[0].Offer.Device.Device);
            var chosen = PlacementPlan.Choose(blocks, context.Pipeline.LayerGroups, [.. open.Places.Select(place => place.Offer)]);
            return new PlacementPlan(context.Pipeline.Cut ?? chosen.Cut, wanted ?? chosen.Devices);
        }
    }

    /// <summary>A pipeline's place as the actors know it.</summary>
    internal PipelinePlace Place(OpenPipeline open, RunContext context, PlacementPlan? placement, IActorRef client, ActorSystem system)
    {
        var groups = Enumerable.Range(0, context.Pipeline.LayerGroups)
            .Select(index => placement is null ? open.Places[0] : open.Places.Single(place => place.Offer.Device == placement.Devices[index]))
            .Select(place => new GroupPlace(
                place.Offer.Device,
                place.Offer.Device.Node == Node ? null : ((ExtendedActorSystem)system).Provider.ResolveActorRef(place.Worker)))
            .ToList();
        return new PipelinePlace(open.Pipeline, open.Campaign, client, groups, placement?.Cut, LayerGroup);
    }

    /// <summary>The plan of a layer group for another node's pipeline.</summary>
    internal LayerGroupPlan Plan(OpenLayerGroup open) => new(
        open.Network, open.InputShape, open.Classes, open.Seed, open.Optimizer, open.Index, open.Layout, Library.FolderOf(open.Campaign), open.ConfigurationHash)
    {
        Device = open.Device,
        Cut = open.Cut,
        PipelineName = open.Pipeline,
    };
}
